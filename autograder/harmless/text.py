"""Plain text that came out of a notebook: no control characters, no paths of this machine, a bearable length."""

import re
import sys
import tempfile
from pathlib import Path

from autograder.course import ROOT

MAX_TEXT = 100_000  # characters of one output; nbgrader cuts a printed output to 1000 lines besides

# Colours stay (ESC [ ... m); other codes of terminals would be executed by the next terminal that shows the file.
_CONTROL = re.compile(r"\x1b\[[\d;]{0,20}m|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_COLOUR = r"(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm)|(?<=\x1b\[\d;\d\dm)"
_PATH = re.compile(rf"(?:(?<![^\s\"'(=\[<,]){'|' + _COLOUR})(?:~|[A-Za-z]:)?[\\/][^\s\"'<>|:*?\x1b]+")
_LIBRARIES = re.compile(r".*[\\/](?:site-packages|dist-packages|python3\.\d+)[\\/]")
_OURS = tuple(
    dict.fromkeys(
        str(Path(folder).resolve())
        for folder in (ROOT, sys.prefix, sys.base_prefix, tempfile.gettempdir(), Path.home())
    )
)


def clean_text(text: object, limit: int = MAX_TEXT) -> str:
    r"""Text as text: what cannot be written to a file or would move a cursor is gone, the middle is cut out.

    >>> clean_text("a\x00b\x1b[31mred\x1b[0m\x1b]8;;http://x\x07")
    'ab\x1b[31mred\x1b[0m]8;;http://x'
    """
    words = "".join(map(str, text)) if isinstance(text, list) else str(text)
    left_out = len(words) - limit
    if left_out > 0:
        head, tail = words[: limit * 2 // 3], words[-(limit // 3) :]
        words = f"{head}\n... {left_out} characters left out ...\n{tail}"
    return _CONTROL.sub(lambda found: found[0] if len(found[0]) > 1 else "", well_formed(words))


def well_formed(text: str) -> str:
    r"""Half a surrogate pair can be in a string, but not in a file.

    >>> well_formed("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def without_paths(text: str) -> str:
    """Where the grader's machine keeps its files is nobody's business: of a library's path, keep what is in it.

    >>> without_paths("File /opt/env/lib/python3.11/site-packages/numpy/linalg.py:12, in norm")
    'File numpy/linalg.py:12, in norm'
    """
    return _PATH.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    path = found[0]
    inside = _LIBRARIES.match(path)
    if inside:
        return path[inside.end() :]
    if path.startswith(("~", *_OURS)):
        return re.split(r"[\\/]", path.rstrip("\\/"))[-1]
    return path
