"""What grading must survive: sudden ends at any moment, and files and frames that nobody would write.

The test suite does a little of each; `make torture` does it all, and prints what it found.
"""
