"""The exercises, one module or package a lesson: probes, references, and the mistakes that have a name.

Mistakes are written as learners write them, so types are not checked in here.
"""
