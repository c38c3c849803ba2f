"""Outputs of engines that we did not write, for the tests to compare with.

Every subject has a script, record_<subject>.py, and the file that it makes, <subject>.json. A script names the
packages that it asks, ENGINES, and has one function, `record()`, which returns what is to be kept. `make references`
runs them all again, in an environment of their own; on the same machine and versions, to the same bytes.
"""
