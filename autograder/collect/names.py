"""Which names may come in. A name from an archive is never a path here: it is taken apart, judged and thrown away.

Only one part of it is ever written to disk, the student's, and that has to pass the stricter `unsafe_student`.
"""

import re
import unicodedata

LONGEST_PART = 255  # bytes; file systems take no more
LONGEST_PATH = 4096  # bytes
LONGEST_STUDENT = (
    128  # characters in nbgrader's gradebook; we ask for as many bytes, so that files fit beside it
)

# Windows opens a device under these names, whatever follows the first dot.
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
FORBIDDEN = frozenset('\\:*?"<>|')
# Not separators to any file system, but to whoever reads the report.
SLASH_LOOKALIKES = frozenset("\u2044\u2215\u29f5\u29f8\u29f9\uff0f\uff3c\ufe68")
# Letters and marks, by their category, that leave no ink: two names could look alike and differ.
INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# nbgrader looks for students with globs, patterns and format strings: no brackets, stars, braces or percent signs.
STUDENT_SIGNS = frozenset(" -_.,@+'’()")


class UnsafeNameError(Exception):
    """A member's name could lead somewhere else, or means different things to different systems."""


def parts_of(name: str) -> list[str]:
    r"""The parts of a member's path; raises UnsafeNameError, with the reason, for every name that is not plain.

    >>> parts_of("./ada/05-momentum/momentum.ipynb")
    ['ada', '05-momentum', 'momentum.ipynb']
    >>> parts_of("../grace/momentum.ipynb")
    Traceback (most recent call last):
        ...
    autograder.collect.names.UnsafeNameError: its path has a part '..'
    """
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_PATH:
        raise UnsafeNameError(f"its path is longer than {LONGEST_PATH} bytes")
    if name.startswith("/"):
        raise UnsafeNameError("its path is absolute")
    parts = name.removeprefix("./").split("/")
    for part in parts:
        if reason := _unsafe_part(part):
            raise UnsafeNameError(reason)
    return parts


def is_hidden(name: str) -> bool:
    """Whether a path leads through something that a program left there, such as .DS_Store or __MACOSX."""
    parts = name.removeprefix("./").split("/")
    return any((part.startswith(".") and part.strip(".")) or part == "__MACOSX" for part in parts)


def _unsafe_part(part: str) -> str:
    if part in ("", ".", ".."):
        return f"its path has a part '{part}'"
    if len(part.encode("utf-8", "surrogatepass")) > LONGEST_PART:
        return f"a part of its path is longer than {LONGEST_PART} bytes"
    if part != part.strip() or part.endswith("."):
        return "a part of its path begins or ends with a space, or ends with a dot"
    return _read_as_more(part) or _read_as_more(unicodedata.normalize("NFKC", part))


def _read_as_more(part: str) -> str:
    """Why some system would read a part of a path as something else; "" where none does."""
    if part in ("", ".", "..") or "/" in part or set(part) & (FORBIDDEN | SLASH_LOOKALIKES):
        return (
            "its path has a backslash, a colon or another sign that some system reads as more than a letter"
        )
    if any(unicodedata.category(sign) in CONTROL for sign in part):
        return "its path has a control character or an invisible one"
    if RESERVED.fullmatch(part):
        return "a part of its path is the name of a device on Windows"
    return ""


def unsafe_student(name: str) -> str:
    """Why `name` cannot be the name of a student's folder, or "".

    >>> unsafe_student("Zoë O'Brien-Müller"), unsafe_student("ada@example.org")
    ('', '')
    >>> unsafe_student("-rf")
    "a student's name begins with a letter or a digit, not with '-'"
    """
    if reason := _unsafe_part(name):
        return reason
    if len(name.encode()) > LONGEST_STUDENT:
        return f"a student's name is at most {LONGEST_STUDENT} bytes long"
    for form in (name, unicodedata.normalize("NFKC", name)):
        if unicodedata.category(form[0])[0] not in "LN":
            return f"a student's name begins with a letter or a digit, not with {printable(form[0])!r}"
        odd = [sign for sign in form if not _is_of_a_name(sign)]
        if odd:
            return f"a student's name has no sign like {printable(odd[0])!r}"
    return ""


def _is_of_a_name(sign: str) -> bool:
    if sign in INVISIBLE:
        return False
    category = unicodedata.category(sign)
    return sign in STUDENT_SIGNS or category[0] in "LM" or category == "Nd"


def same_on_some_disk(name: str) -> str:
    """What is left of a name where case and the ways to write an accent do not count: equal for clashing names.

    >>> same_on_some_disk("ADA") == same_on_some_disk("ada")
    True
    >>> same_on_some_disk("Zoe\u0308") == same_on_some_disk("zo\u00eb")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def printable(name: str, at_most: int = 160) -> str:
    r"""A name that can be shown: what would move the cursor or turn the line around is written out.

    >>> printable("ada\x1b[2J.ipynb")
    'ada\\x1b[2J.ipynb'
    """
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in name[: at_most + 1]
    )
    return shown if len(shown) <= at_most else f"{shown[: at_most - 1]}…"
