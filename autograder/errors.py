"""The one kind of error that is the user's to mend."""

import errno

# Trouble with the machine, which whatever comes next would meet too: rights, and room.
OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


class UserError(Exception):
    """Something the user can mend: the message says what was wrong, where, and what to do.

    The command line prints the message alone, without a traceback, and exits with code 2.
    """
