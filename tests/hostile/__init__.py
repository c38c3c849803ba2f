"""Submissions that cheat, harm, leak, break or are merely odd, each graded between two honest ones.

`cases` holds them as data, `case` says what a case is made of, `weakened` the graders against which a cheat must succeed,
`batch` hands them in and watches the machine, `test_hostile` holds what came out against what should.
"""
