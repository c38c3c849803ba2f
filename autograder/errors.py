"""The one kind of error that is the user's to mend."""


class UserError(Exception):
    """Something the user can mend: the message says what was wrong, where, and what to do.

    The command line prints the message alone, without a traceback, and exits with code 2.
    """
