"""What runs beside a student's code, inside the sandbox.

The sandbox holds this package and the scenery that a notebook needs, and nothing else of the autograder: no
reference, no seed, no other submission. So nothing here imports from the rest of `autograder`.
"""
