"""What a platform exported ends up where grading looks for it, once, and with a line for every file."""

import csv
import io
import os
import unicodedata

import pytest
from handing_in import KINDS, LESSON, NOTEBOOK, OTHER, Desk, a_folder, another

from autograder.submission import find_submissions, read_submission


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


# --- Whose file it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "student"),
    [
        ("lovelaceada_12345_67890_momentum.ipynb", "lovelaceada_12345"),
        ("lovelaceada_LATE_12345_67890_momentum.ipynb", "lovelaceada_12345"),
        ("lovelaceada_12345_67890_momentum-1.ipynb", "lovelaceada_12345"),
        ("lovelaceada_12345_67890_momentum (1).ipynb", "lovelaceada_12345"),
        ("lovelaceada_12345_67890_momentum.ipynb.txt", "lovelaceada_12345"),
        ("van_der_berg_12345_67890_05-Momentum.ipynb", "van_der_berg_12345"),
        ("größeåsa_12345_67890_momentum.ipynb", "größeåsa_12345"),
        ("lovelaceada_12345_67890_05_momentum.ipynb", "lovelaceada_12345"),
        ("anon_aB3xZ_67890_momentum.ipynb", "anon_aB3xZ"),
        ("LATE_anon_aB3xZ_67890_momentum.ipynb", "anon_aB3xZ"),
        ("Ada Lovelace_123456_assignsubmission_file_/momentum.ipynb", "Ada Lovelace_123456"),
        ("Ada Lovelace_123456_assignsubmission_file/momentum.ipynb", "Ada Lovelace_123456"),
        ("Ada Lovelace_123456_assignsubmission_file_momentum.ipynb", "Ada Lovelace_123456"),
        ("Ada Lovelace_123456_assignsubmission_file_/my work/week 5/momentum.ipynb", "Ada Lovelace_123456"),
        ("Zoë O'Brien-Müller_7_assignsubmission_file_/momentum.ipynb", "Zoë O'Brien-Müller_7"),
        ("Participant_7_assignsubmission_file_/momentum.ipynb", "Participant_7"),
        ("ada/05-momentum/momentum.ipynb", "ada"),
        ("ada/momentum.ipynb", "ada"),
        ("ada.ipynb", "ada"),
        ("./ada/05-momentum/momentum.ipynb", "ada"),
        ("ada@example.org/momentum.ipynb", "ada@example.org"),
        (unicodedata.normalize("NFD", "zoë/momentum.ipynb"), "zoë"),
    ],
)
@pytest.mark.parametrize("kind", ["zip", "tar", "folder"])
def test_a_name_says_whose_notebook_it_is(desk, kind, member, student):
    source = KINDS[kind](desk.folder / "export", [(member, NOTEBOOK)])
    done = desk.collect(source)
    assert [(row["action"], row["student"]) for row in done.rows] == [("collected", student)], done.why
    assert done.code == 0
    assert desk.notebooks() == {f"{student}/05-momentum/momentum.ipynb": NOTEBOOK}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_gives_the_same(desk, kind):
    files = [("ada/momentum.ipynb", another(1)), ("ada/data.csv", b"1"), ("grace/momentum.ipynb", another(2))]
    done = desk.collect(KINDS[kind](desk.folder / f"export.{kind}", files))
    assert done.done == {
        "ada/momentum.ipynb": ("collected", "ada"),
        "ada/data.csv": ("left out", "ada"),
        "grace/momentum.ipynb": ("collected", "grace"),
    }
    assert desk.notebooks() == {
        "ada/05-momentum/momentum.ipynb": another(1),
        "grace/05-momentum/momentum.ipynb": another(2),
    }


def test_what_was_collected_is_what_grading_finds(desk):
    desk.collect(desk.zip(("lovelaceada_12_34_momentum-1.ipynb", NOTEBOOK)))
    (submission,) = find_submissions(desk.submitted, LESSON)
    assert (submission.student, len(read_submission(submission).cells) > 10) == ("lovelaceada_12", True)


@pytest.mark.parametrize(
    ("member", "action", "why"),
    [
        ("ada/plot.png", "left out", "not a notebook"),
        ("ada/work.zip", "left out", "archives inside are not opened"),
        ("lovelaceada_12_34_work.tar.gz", "left out", "archives inside are not opened"),
        ("ada/08-adam/adam.ipynb", "left out", "another lesson, 08-adam"),
        ("A B_7_assignsubmission_file_/08-adam/adam.ipynb", "left out", "another lesson, 08-adam"),
        ("A B_7_assignsubmission_onlinetext_/onlinetext.html", "left out", "typed into Moodle"),
        ("__MACOSX/ada/._momentum.ipynb", "left out", "hidden"),
        ("ada/.ipynb_checkpoints/momentum.ipynb", "left out", "hidden"),
        ("notes.txt", "left out", "whose"),
        ("momentum.ipynb", "not recognised", "whose"),
        ("momentum-1.ipynb", "not recognised", "whose"),
        ("class/ada/momentum.ipynb", "not recognised", "deeper than <student>/05-momentum/momentum.ipynb"),
        ("~root/momentum.ipynb", "refused", "begins with a letter or a digit"),
        ("a[1]_7_assignsubmission_file_/momentum.ipynb", "refused", "no sign like"),
        ("../momentum.ipynb", "refused", "a part '..'"),
        ("x_12_34_56_momentum.ipynb", "refused", "two different Canvas users"),
        ("a_1_2_b_99_100_momentum.ipynb", "refused", "two different Canvas users"),
    ],
)
def test_what_is_no_submission_to_the_lesson_says_why(desk, member, action, why):
    done = desk.collect(desk.zip((member, NOTEBOOK)))
    assert done.done[member][0] == action
    assert why in done.why[member]
    assert desk.notebooks() == {}


def test_everything_in_one_folder_gets_the_option_that_looks_inside(desk):
    source = desk.zip(("class/ada/momentum.ipynb", NOTEBOOK), ("class/x_1_2_momentum.ipynb", another()), ("__MACOSX/x", b""))  # fmt: skip
    assert "--inside 'class'" in desk.collect(source).said
    done = desk.collect(source, "--inside", "class")
    assert [row["student"] for row in done.rows] == ["ada", "x_1", ""]
    assert set(desk.notebooks()) == {"ada/05-momentum/momentum.ipynb", "x_1/05-momentum/momentum.ipynb"}


def test_a_zip_that_does_not_say_utf_8_still_has_names_in_it(desk):
    source = desk.zip(("größeåsa_1_2_momentum.ipynb", NOTEBOOK))
    content = source.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = content.index(mark) + offset
        content = content[:at] + bytes([content[at] & ~0x08]) + content[at + 1 :]
    source.write_bytes(content)
    assert desk.collect(source).rows[0]["student"] == "größeåsa_1"


def test_a_name_does_not_end_at_a_null(desk):
    source = desk.zip(("ada/momentum.ipynb!.png", NOTEBOOK))
    source.write_bytes(source.read_bytes().replace(b"!", b"\0"))
    done = desk.collect(source)
    assert done.done == {"ada/momentum.ipynb\0.png": ("refused", "")}


# --- Notebooks under other names ----------------------------------------------------------------------------


def test_a_notebook_of_another_name_is_known_by_its_cells(desk):
    cut_off = NOTEBOOK[: len(NOTEBOOK) * 2 // 3]
    source = desk.zip(
        ("ada/Untitled3.ipynb", NOTEBOOK),
        ("grace.ipynb", cut_off),
        ("alan/homework.ipynb", NOTEBOOK.decode().encode("utf-16")),
        ("edsger/momentum2.ipynb", OTHER),
        ("tony/essay.ipynb", b"My notebook: " + NOTEBOOK),
        ("barbara/empty.ipynb", b""),
    )
    done = desk.collect(source)
    assert [row["action"] for row in done.rows] == ["collected"] * 3 + ["not recognised"] * 3
    assert "few cells of 05-momentum" in done.why["edsger/momentum2.ipynb"]
    assert desk.notebooks()["grace/05-momentum/momentum.ipynb"] == cut_off


def test_a_broken_notebook_under_the_right_name_is_collected_so_that_grading_can_say_what_it_is(desk):
    done = desk.collect(desk.zip(("ada/momentum.ipynb", b"%PDF")))
    assert done.done["ada/momentum.ipynb"] == ("collected", "ada")


def test_the_right_name_counts_before_a_newer_copy_of_another_name(desk):
    done = desk.collect(
        desk.zip(("ada_1_10_momentum.ipynb", another(1)), ("ada_1_11_draft.ipynb", another(2)))
    )
    assert done.done["ada_1_11_draft.ipynb"] == ("older", "ada_1")
    assert desk.notebooks() == {"ada_1/05-momentum/momentum.ipynb": another(1)}


def test_several_notebooks_without_the_right_name_are_left_to_a_person(desk):
    done = desk.collect(desk.zip(("ada/a.ipynb", another(1)), ("ada/b.ipynb", another(2))))
    assert {row["action"] for row in done.rows} == {"refused"}
    assert desk.notebooks() == {}


# --- Which of several counts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("ada_1_10_momentum.ipynb", "ada_1_10_momentum-1.ipynb"),
        ("ada_1_10_momentum-2.ipynb", "ada_1_10_momentum-10.ipynb"),
        ("ada_1_9_momentum.ipynb", "ada_LATE_1_10_momentum-1.ipynb"),
        ("ada_1_9_momentum-1.ipynb", "ada_1_10_momentum.ipynb"),
        ("ada/momentum.ipynb", "ada/momentum (1).ipynb"),
    ],
)
@pytest.mark.parametrize("newer_first", [False, True])
def test_the_newer_of_a_students_files_counts(desk, older, newer, newer_first):
    files = [(older, another(1)), (newer, another(2))]
    done = desk.collect(desk.zip(*(files[::-1] if newer_first else files)))
    assert done.done[older][0] == "older"
    assert f"{newer} counts instead" == done.why[older]
    assert list(desk.notebooks().values()) == [another(2)]


def test_without_a_count_the_later_time_counts(desk):
    folder = a_folder(desk.folder / "x", [("ada/momentum-3.ipynb", b"old"), ("ada/momentum.ipynb", b"new")])
    os.utime(folder / "ada/momentum-3.ipynb", (1e9, 1e9))
    desk.collect(folder)
    assert list(desk.notebooks().values()) == [b"new"]


def test_the_same_name_twice_in_one_zip_is_one_student_and_the_later_counts(desk):
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = desk.zip(("ada/momentum.ipynb", another(1)), ("ada/momentum.ipynb", another(2)))
    desk.collect(source)
    assert list(desk.notebooks().values()) == [another(2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "Ada"),
        ("zo\u00eb", "zoe\u0308"),
        ("straße", "strasse"),
        ("ada1", "ada\uff11"),
        ("x_7", "x_7_assignsubmission_file_"),
    ],
)
def test_two_who_would_share_a_folder_on_some_disk_are_both_refused(desk, one, other):
    done = desk.collect(
        desk.zip((f"{one}/momentum.ipynb", another(1)), (f"{other}/momentum.ipynb", another(2)))
    )
    assert [row["action"] for row in done.rows] == ["refused", "refused"]
    assert "more than one" in done.rows[0]["why"]
    assert desk.notebooks() == {}


def test_a_student_who_differs_in_case_from_one_who_is_there_is_refused(desk):
    desk.hand_in("ada", another(1))
    before = desk.notebooks()
    done = desk.collect(desk.zip(("ADA/momentum.ipynb", another(2))), "--update")
    assert done.done["ADA/momentum.ipynb"][0] == "refused"
    assert "a student ada already" in done.why["ADA/momentum.ipynb"]
    assert desk.notebooks() == before


def test_no_source_may_bring_a_file_for_a_student_of_another(desk):
    ada = desk.zip(("ada/momentum.ipynb", another(1)), ("grace/momentum.ipynb", NOTEBOOK), name="1.zip")
    eve = desk.zip(("eve/momentum.ipynb", another(3)), ("ada/momentum.ipynb", another(2)), name="2.zip")
    done = desk.collect(ada, eve)
    assert [row["action"] for row in done.rows] == ["refused", "collected", "collected", "refused"]
    assert "one source at a time" in done.rows[3]["why"]
    assert set(desk.notebooks()) == {"eve/05-momentum/momentum.ipynb", "grace/05-momentum/momentum.ipynb"}


def test_the_same_file_in_two_sources_is_no_quarrel(desk):
    sources = [desk.zip(("ada/momentum.ipynb", NOTEBOOK), name=f"{number}.zip") for number in (1, 2)]
    assert sorted(row["action"] for row in desk.collect(*sources).rows) == ["collected", "older"]


# --- The report ---------------------------------------------------------------------------------------------


def test_odd_names_neither_move_the_cursor_nor_become_markup_or_formulas(desk):
    source = desk.zip(
        ("\x1b[2Jada/momentum.ipynb", NOTEBOOK),
        ("=cmd()/x", b""),
        ("[red]a[/red]/x", b""),
        ("a\u202egpj", b""),
    )
    done = desk.collect(source)
    assert "\x1b" not in done.said
    assert "\u202e" not in done.said
    assert "\\x1b[2Jada" in done.said
    assert "[red]a[/red]" in done.said
    members = [row["member"] for row in done.rows]
    assert members[:2] == ["\x1b[2Jada/momentum.ipynb", "'=cmd()/x"]
    text = (desk.collected / "05-momentum.json").read_bytes()
    assert text.isascii()
    assert b"\x1b" not in text


def test_the_rows_of_the_report_make_a_table_without_formulas(desk):
    done = desk.collect(desk.zip(("=1+1/momentum.ipynb", NOTEBOOK), ("@a/momentum.ipynb", NOTEBOOK)))
    text = io.StringIO()
    rows = csv.DictWriter(text, ["source", "member", "student", "action", "why"])
    rows.writerows(done.rows)
    cells = [cell for row in csv.reader(text.getvalue().splitlines()) for cell in row]
    assert cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_large_class_is_shown_by_what_wants_to_be_looked_at(desk):
    files = [(f"s{number}/momentum.ipynb", NOTEBOOK) for number in range(70)]
    done = desk.collect(desk.zip(*files, ("../evil/momentum.ipynb", NOTEBOOK)))
    assert len(done.rows) == 71
    assert "s17" not in done.said
    assert "../evil" in done.said
    assert "70 collected, 1 refused." in done.said
