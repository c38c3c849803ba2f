"""No name, however it is written, leads out of the folder it belongs to."""

import re
import tempfile
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from handing_in import LESSON, NOTEBOOK, a_tar, a_zip, snapshot
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.collect import collect
from autograder.collect.choose import Action
from autograder.collect.limits import Limits
from autograder.collect.names import UnsafeNameError, parts_of, printable, same_on_some_disk, unsafe_student
from autograder.collect.place import Shelf

EVIL_PATHS = [
    "../ada/momentum.ipynb",
    "ada/../../grace/momentum.ipynb",
    "ada/../momentum.ipynb",
    "..",
    "/etc/cron.d/momentum.ipynb",
    "//host/share/momentum.ipynb",
    "ada//momentum.ipynb",
    "ada/./momentum.ipynb",
    "././momentum.ipynb",
    "C:/ada/momentum.ipynb",
    "C:momentum.ipynb",
    "ada/momentum.ipynb:evil",
    "..\\ada\\momentum.ipynb",
    "ada\\momentum.ipynb",
    "\\\\host\\share\\momentum.ipynb",
    "ada/momentum.ipynb\0.png",
    "\0/momentum.ipynb",
    "ada\n/momentum.ipynb",
    "ada\x7f/momentum.ipynb",
    "ada\u202e/momentum.ipynb",
    "ada\u200b/momentum.ipynb",
    "ada\ud800/momentum.ipynb",
    "\uff0e\uff0e/momentum.ipynb",
    "\u2025/momentum.ipynb",
    "\u2100da/momentum.ipynb",
    "ada\uff0fgrace/momentum.ipynb",
    "ada\u2215grace/momentum.ipynb",
    "ada\uff3cgrace/momentum.ipynb",
    "ada\uff1a/momentum.ipynb",
    "CON/momentum.ipynb",
    "nul.ipynb",
    "com1.x/momentum.ipynb",
    "LPT\u00b9/momentum.ipynb",
    "\uff23\uff2f\uff2e/momentum.ipynb",
    "ada /momentum.ipynb",
    " ada/momentum.ipynb",
    "ada./momentum.ipynb",
    "ada\u00a0/momentum.ipynb",
    "a" * 256 + "/momentum.ipynb",
    "a/" * 3000 + "momentum.ipynb",
    "*/momentum.ipynb",
    "<ada>/momentum.ipynb",
]
EVIL_STUDENTS = [
    "-rf", "~root", "=1+1", "@sum", "+1", "'ada", ".ada", "a[1]", "{ada}", "%s", "$HOME", "`id`", "ada;ls", "a&b",
    "a\u2028b", "\u0301ada", "ada\ufe0f", "ada\u115f", "\u3164", "a" * 129, "ada!", "½", "#1", "☃", "CON", "aux.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", EVIL_PATHS)
def test_a_path_that_is_not_plain_is_refused(name):
    with pytest.raises(UnsafeNameError):
        parts_of(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../ada/momentum.ipynb", "has a part '..'"),
        ("/etc/momentum.ipynb", "is absolute"),
        ("ada//momentum.ipynb", "has a part ''"),
        ("C:/ada/momentum.ipynb", "a colon"),
        ("a\nda/momentum.ipynb", "a control character"),
        ("CON/momentum.ipynb", "device on Windows"),
        ("ada /momentum.ipynb", "ends with a space"),
    ],
)
def test_a_refused_path_says_what_is_wrong_with_it(name, why):
    with pytest.raises(UnsafeNameError, match=re.escape(why)):
        parts_of(name)


@pytest.mark.parametrize("student", EVIL_STUDENTS)
def test_a_student_who_is_no_safe_folder_is_refused(student):
    assert unsafe_student(student)


@pytest.mark.parametrize(
    "student",
    ["ada", "ada@example.org", "s1234567", "Zoë O’Brien-Müller", "李雷", "Владимир", "محمد", "नेहा", "consul"],
)
def test_people_have_names(student):
    assert unsafe_student(student) == ""


def test_names_that_clash_on_some_disk_are_equal_and_others_are_not():
    for one, other in (("ada", "ADA"), ("zo\u00eb", "zoe\u0308"), ("straße", "STRASSE"), ("\u212a", "k")):
        assert same_on_some_disk(one) == same_on_some_disk(other)
    assert same_on_some_disk("zoë") != same_on_some_disk("zoe")


@pytest.mark.parametrize("name", ["\x1b[31m", "a\rb", "a\u202eb", "a\ud800b", "a\u2028b", "a\x9bb"])
def test_what_is_shown_holds_no_control_characters(name):
    assert printable(name).isprintable()
    assert printable(name).isascii()


PIECES = st.sampled_from(
    ["..", ".", "", "/", "\\", "ada", "ADA", "zo\u00eb", "zoe\u0308", "C:", "\0", "~", "CON", "nul", " ", "\u202e",
     "05-momentum", "momentum.ipynb", "momentum-1.ipynb", ".ipynb", "_1_2_", "_LATE_1_2_", "_7_assignsubmission_file_",
     "\uff0e", "\uff0f", "\u2215", "\ufe0f", "a" * 130, "\udcff", "'", "=1+1", "-", ".git", "%00", "..%2f"]
)  # fmt: skip
NAMES = st.lists(PIECES | st.text(max_size=4), min_size=1, max_size=7).map("".join) | st.builds(
    lambda student, rest: f"{student}{rest}",
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        ["/momentum.ipynb", ".ipynb", "_1_2_momentum.ipynb", "_7_assignsubmission_file_/momentum.ipynb"]
    ),
)


def writable(name: str, kind: str) -> bool:
    """Whether Python can put such a name into such an archive at all."""
    try:
        name.encode("utf-8", "strict" if kind == "zip" else "surrogateescape")
    except UnicodeEncodeError:
        return False
    return name != "" and ("\0" not in name or kind == "tar")


def is_one_safe_part(name: str) -> bool:
    """What this test calls safe, said in other words than the code's."""
    return (
        Path(name).name == PureWindowsPath(name).name == name
        and not PureWindowsPath(name).is_reserved()
        and name == unicodedata.normalize("NFC", name).strip(" .")
        and name[0].isalnum()
        and name.isprintable()
        and len(name.encode()) < 200
    )


@settings(max_examples=200, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=5), kind=st.sampled_from(["zip", "tar"]))
@example(names=EVIL_PATHS[:5], kind="tar")
@example(names=["ada/momentum.ipynb", "Ada/momentum.ipynb"], kind="zip")
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_nothing_is_ever_written_outside_and_every_student_is_one_safe_folder(names, kind):
    files = [
        (name, NOTEBOOK + name.encode("utf-8", "surrogatepass")) for name in names if writable(name, kind)
    ]
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "a" / "b"
        root.mkdir(parents=True)
        source = (a_zip if kind == "zip" else a_tar)(root / "export", [*files, ("readme.txt", b"")])
        before = snapshot(Path(place))
        lines = collect(
            [source], Shelf(LESSON, root / "submitted", root / "collected", update=True), Limits()
        )
        made = snapshot(root / "submitted")
        (root / "collected").rmdir()
        after = {
            path: content
            for path, content in snapshot(Path(place)).items()
            if not path.startswith("a/b/submitted/")
        }
    assert after == before
    students = [path.split("/")[0] for path in made]
    assert [path.split("/")[1:] for path in made] == [["05-momentum", "momentum.ipynb"]] * len(made)
    assert all(is_one_safe_part(student) for student in students)
    assert len({unicodedata.normalize("NFKC", student).casefold() for student in students}) == len(students)
    # Nobody's file lies in another's folder, and every member has its line.
    assert {line.student for line in lines if line.action is Action.COLLECTED} == set(students)
    assert len(lines) >= len([name for name, _ in files if not name.endswith("/")])
    content = dict(files)
    for line in lines:
        if line.action is Action.COLLECTED and line.member in content:
            assert made[f"{line.student}/05-momentum/momentum.ipynb"] == content[line.member]
            assert unicodedata.normalize("NFC", line.member).startswith(line.student.partition("_")[0]) or line.member.startswith("./")  # fmt: skip
