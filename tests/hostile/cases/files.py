"""What lies where a notebook should be: a status, never a silent zero, and nobody else is kept waiting."""

import json
import math
import os
import zipfile
from pathlib import Path
from typing import Any

from hostile.case import NOTHING, Case, Notebook, as_json, cheat, write

UNREADABLE, MISSING = "unreadable", "missing"


def unreadable(name: str, tries: str, says: str, **parts: Any) -> Case:
    """A file that is no notebook."""
    return Case(name, tries, **{"earns": NOTHING, "status": UNREADABLE, "says": (says,), **parts})


def instead(kind: str) -> Any:
    """Puts something else where the file should be."""

    def place(path: Path) -> None:
        match kind:
            case "nothing":
                pass
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "another name":
                path.with_name("my work (final).ipynb").write_text("{}")
            case "a name with codes":
                (path.parent / "\x1b[2J\x1b]0;mine\x07.ipynb").write_text("{}")
            case "a name that is no text":
                with open(os.fsencode(path.parent) + b"/\xff\xfe.ipynb", "wb"):  # noqa: PTH123 (a name in bytes)
                    pass
            case "a zip":
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("momentum.ipynb", "{}")
            case "only a zip":
                with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
                    archive.writestr("momentum.ipynb", "{}")

    return place


def timestamp(words: str) -> Any:
    """A time of handing in."""
    return lambda folder: (folder / "timestamp.txt").write_text(words)


def link_to(target: str) -> Any:
    """Puts a link where the file should be; `..` leads into the folder of the course."""
    return lambda path: path.symlink_to(target.replace("$COURSE", str(path.parents[5])))


def linked_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.symlink_to(path.parents[5] / "solutions/05-momentum")


def looped_link(path: Path) -> None:
    path.symlink_to(path.name)


def closed(path: Path) -> None:
    write("{}")(path)
    path.chmod(0)


def closed_folder(path: Path) -> None:
    write("{}")(path)
    path.parent.chmod(0)


def lost_answer(source: str) -> Any:
    """Deletes the cell of an answer and puts another cell there, in which it will be searched."""

    def change(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "effective_step":
                cell["metadata"], cell["source"] = {}, source

    return change


def bomb(name: str, tries: str, content: bytes, says: str, **parts: Any) -> Case:
    """A file that is cheap to make and dear to read."""
    return unreadable(name, tries, says, content=lambda _: content, **parts)


# One case after the other, as a table.
# fmt: off
CASES = (
    unreadable("empty", "an empty file", "empty", content=lambda _: b""),
    unreadable("blank", "a file of spaces", "empty", content=lambda _: b" \n\t \n"),
    unreadable("half", "half a file", "cut off", content=lambda content: content[: len(content) // 2]),
    unreadable("not-json", "text", "not valid JSON", content=lambda _: b"Dear teacher,\nhere is my work."),
    unreadable("a-list", "JSON, but a list", "not a notebook", content=lambda _: b"[1, 2]"),
    unreadable("a-number", "JSON, but a number", "not a notebook", content=lambda _: b"7"),
    unreadable("no-list-of-cells", "cells that are no list", "no list of cells", content=lambda _: b'{"nbformat": 4, "cells": {"a": 1}}'),
    unreadable("noise", "bytes that are no text", "not text", content=lambda _: bytes(range(256)) * 100),
    unreadable("a-page", "the page that shows the notebook", "not valid JSON", content=lambda _: b"<!DOCTYPE html><html></html>"),
    unreadable("format-of-tomorrow", "a format that there is not", "known version", content=lambda _: b'{"nbformat": 99, "cells": []}'),
    unreadable("format-in-words", "a format in words", "known version", content=lambda _: b'{"nbformat": "four", "cells": []}'),
    unreadable("format-of-long-ago", "the format of 2011, broken", "known version", content=lambda _: b'{"nbformat": 2, "worksheets": 5}'),
    bomb("nested", "lists in lists, ten million deep", b"[" * 10_000_000, "nested too deeply"),
    bomb("long-number", "a number of ten million digits", b'{"nbformat": 4, "cells": ' + b"9" * 10_000_000 + b"}", "number too long"),
    bomb("brackets", "four million empty cells", b'{"nbformat": 4, "cells": [' + b"{}," * 4_000_000 + b"{}]}", "more than 5000"),
    Case("more-than-allowed", "a file of 101 MB", earns=NOTHING, status=UNREADABLE, says=("are not graded",),
         place=lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 101_000_000)),
    Case("nothing-there", "an empty folder", earns=NOTHING, status=MISSING, says=("the folder is empty",), place=instead("nothing")),
    Case("another-name", "a file of another name", earns=NOTHING, status=MISSING, says=("my work (final).ipynb",), place=instead("another name")),
    Case("name-with-codes", "a file with codes for the terminal in its name", earns=NOTHING, status=MISSING, says=("?[2J?]0;mine?",),
         place=instead("a name with codes")),
    Case("name-that-is-no-text", "a file with a name that is no text", earns=NOTHING, status=MISSING, says=("found instead: ??",),
         place=instead("a name that is no text")),
    unreadable("a-zip", "a zip by the name of the notebook", "", place=instead("a zip")),
    Case("only-a-zip", "a zip in its place", earns=NOTHING, status=MISSING, says=("momentum.zip",), place=instead("only a zip")),
    unreadable("a-folder", "a folder by the name of the notebook", "not a file", place=instead("folder")),
    unreadable("a-pipe", "a pipe by the name of the notebook, which never ends", "not a file", place=instead("pipe")),
    unreadable("link-to-itself", "a link to itself", "link", place=looped_link),
    unreadable("link-to-zeros", "a link to a device without an end", "link", place=link_to("/dev/zero")),
    cheat("link-to-secret", "a link to the secret of the course", place=link_to("$COURSE/autograder/work/secret"), earns=NOTHING, status=UNREADABLE,
          says=("links are not followed",), hides=("$COURSE_SECRET",), weak="follows links", bites="secret"),
    cheat("link-to-solution", "a link to the instructor's notebook", place=link_to("$COURSE/solutions/05-momentum/momentum.ipynb"), earns=NOTHING,
          status=UNREADABLE, says=("links are not followed",), weak="follows links", bites="def effective_step"),
    cheat("linked-folder", "a folder that is a link to the instructor's", place=linked_folder, earns=NOTHING, status=UNREADABLE,
          says=("links are not followed",), weak="follows links", bites="def effective_step"),
    cheat("answer-that-is-dear-to-parse", "a cell that imports a.a.a..., for which a parser takes memory without measure", weak="parses answers",
          change=lost_answer("effective_step\nimport " + ".".join(["a"] * 20_000)), earns={"effective_step": 0}, says=("put back",)),
    Case("answer-of-many-lines", "a cell of 900 kB in which every line is a statement", change=lost_answer("effective_step\n" * 60_000),
         earns={"effective_step": 0}, or_status="timed out", says=("put back",)),
    Case("byte-order-mark", "a mark of the byte order at the beginning", content=lambda content: b"\xef\xbb\xbf" + content),
    Case("utf-16", "two bytes for every letter", content=lambda content: content.decode().encode("utf-16")),
    Case("line-ends", "line ends of Windows",
         content=lambda content: content.replace(b"\\n", b"\\r\\n").replace(b"\n", b"\r\n")),
    Case("no-final-newline", "no newline at the end", content=lambda content: content.rstrip(b"\n")),
    Case("on-one-line", "all on one line", content=as_json(lambda notebook: None)),
    Case("words-for-numbers", "NaN and Infinity in its metadata", content=as_json(lambda notebook: notebook["metadata"].update(x=math.nan, y=math.inf))),
    Case("half-letters", "half of a letter, and a zero, in an answer",
         content=lambda content: content.replace(b"What a learner writes.", rb"What \ud83d a \u0000 learner writes.")),
    Case("double-keys", "every key twice", content=lambda content: json.dumps(json.loads(content)).encode().replace(b'"cells":', b'"cells": 5, "cells":', 1)),
    Case("time-of-nonsense", "a time of handing in that is none", says=("timestamp.txt",), beside=timestamp("the day before yesterday")),
    Case("time-from-a-link", "a time that is a link to a file of the system", beside=lambda folder: (folder / "timestamp.txt").symlink_to("/etc/passwd")),
    Case("time-from-a-pipe", "a time that comes from a pipe, and never does", beside=lambda folder: os.mkfifo(folder / "timestamp.txt")),
    Case("files-beside", "a thousand files beside the notebook", beside=lambda folder: [(folder / f"{n}.py").touch() for n in range(1000)]),
)
# fmt: on
# Only an ordinary user can be kept out by the rights of a file.
CLOSED = (
    unreadable("closed-file", "a file that nobody may read", "cannot be", place=closed),
    unreadable("closed-folder", "a folder that nobody may enter", "cannot be", place=closed_folder),
)
