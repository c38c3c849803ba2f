"""The list of a class says who is who, who is nobody, and who is missing."""

import pytest
from handing_in import NOTEBOOK, Desk, another

ROSTER = """student,E-Mail,Canvas ID,Moodle id,name,section
ada,ada@example.org,12,,Ada Lovelace,1
grace,,,7,"Hopper, Grace",1
zoe,,,,Zoë van der Berg,2
alan,,14,9,Alan Turing,2
"""


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys) -> Desk:
    (tmp_path / "class.csv").write_text(ROSTER, encoding="utf-8")
    return Desk(tmp_path, monkeypatch, capsys)


def one(desk: Desk, member: str, roster: str = ROSTER) -> tuple[str, str, str]:
    (desk.folder / "class.csv").write_text(roster, encoding="utf-8")
    done = desk.collect(desk.zip((member, NOTEBOOK)), "--roster", desk.folder / "class.csv")
    return done.rows[0]["action"], done.rows[0]["student"], done.rows[0]["why"]


@pytest.mark.parametrize(
    ("member", "student"),
    [
        ("whatever_12_34_momentum.ipynb", "ada"),
        ("x_LATE_14_34_momentum.ipynb", "alan"),
        ("hoppergrace_99_34_momentum.ipynb", "grace"),
        ("vanderbergzoë_99_34_momentum.ipynb", "zoe"),
        ("G Hopper_007_assignsubmission_file_/momentum.ipynb", "grace"),
        ("Ada Lovelace_55_assignsubmission_file_/momentum.ipynb", "ada"),
        ("Lovelace Ada_55_assignsubmission_file_momentum.ipynb", "ada"),
        ("ada/momentum.ipynb", "ada"),
        ("ada.ipynb", "ada"),
        ("ADA@example.org/momentum.ipynb", "ada"),
        ("Grace Hopper/05-momentum/momentum.ipynb", "grace"),
    ],
)
def test_a_number_an_address_or_a_name_leads_to_the_student(desk, member, student):
    assert one(desk, member)[:2] == ("collected", student)
    assert set(desk.notebooks()) == {f"{student}/05-momentum/momentum.ipynb"}


@pytest.mark.parametrize(
    "member",
    [
        "eve_66_34_momentum.ipynb",
        "eve/momentum.ipynb",
        "Ada/momentum.ipynb",
        # Whoever has a number is known by it alone: names can be chosen.
        "lovelaceada_66_34_momentum.ipynb",
        "Grace Hopper_8_assignsubmission_file_/momentum.ipynb",
        "12/momentum.ipynb",
    ],
)
def test_nobody_else_is_taken_in(desk, member):
    action, _, why = one(desk, member)
    assert (action, "is not in the roster" in why) == ("refused", True)
    assert desk.notebooks() == {}


def test_two_of_one_name_are_told_apart_by_number_or_not_at_all(desk):
    roster = "student,moodle id,name\nada1,,Ada Lovelace\nada2,,Ada Lovelace\n"
    member = "Ada Lovelace_5_assignsubmission_file_/momentum.ipynb"
    action, _, why = one(desk, member, roster)
    assert (action, "2 students of this name" in why) == ("refused", True)
    assert one(desk, member, roster.replace("ada2,", "ada2,5"))[:2] == ("collected", "ada2")


def test_two_people_of_one_name_do_not_become_one_student(desk):
    done = desk.collect(
        desk.zip(*((f"Zoë van der Berg_{number}_assignsubmission_file_/momentum.ipynb", another(number)) for number in (5, 6))),
        "--roster", desk.folder / "class.csv",
    )  # fmt: skip
    assert [row["action"] for row in done.rows] == ["refused", "refused"]
    assert desk.notebooks() == {}


def test_a_student_is_one_however_the_platform_spells_the_name(desk):
    source = desk.zip(("old_12_34_momentum.ipynb", another(1)), ("new_12_35_momentum.ipynb", another(2)))
    done = desk.collect(source, "--roster", desk.folder / "class.csv")
    assert [row["action"] for row in done.rows] == ["older", "collected"]
    assert desk.notebooks() == {"ada/05-momentum/momentum.ipynb": another(2)}


def test_who_is_missing_is_listed_and_who_was_there_before_is_not(desk):
    desk.hand_in("grace", NOTEBOOK)
    done = desk.collect(desk.zip(("x_12_34_momentum.ipynb", NOTEBOOK)), "--roster", desk.folder / "class.csv")
    assert done.missing == ["zoe", "alan"]
    assert "Missing: 2 of 4 in the roster: zoe (Zoë van der Berg), alan (Alan Turing)." in done.said


@pytest.mark.parametrize(
    "content",
    [
        ROSTER.encode("utf-8-sig"),
        ROSTER.replace(',', ';').replace('"Hopper; Grace"', "Grace Hopper").encode(),
        ROSTER.replace("\n", "\r\n").encode(),
        ROSTER.replace("Moodle id", "Identifier").replace(",7,", ",Participant 007,").encode(),
    ],
    ids=["byte order mark", "semicolons", "windows line ends", "moodle's own list"],
)  # fmt: skip
def test_a_roster_is_read_however_it_was_saved(desk, content):
    (desk.folder / "class.csv").write_bytes(content)
    done = desk.collect(
        desk.zip(("G_7_assignsubmission_file_/momentum.ipynb", NOTEBOOK)),
        "--roster",
        desk.folder / "class.csv",
    )
    assert [(row["action"], row["student"]) for row in done.rows] == [("collected", "grace")]


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("", "needs one column called `student`"),
        ("name,email\nAda,a@b.c\n", "needs one column called `student`"),
        ("student\nada\n../eve\n", "line 3: '../eve' cannot be a student"),
        ("student,name\nada,A\n,B\n", "line 3: '' cannot be a student"),
        ("student\nada\nADA\n", "line 3: ADA is listed before"),
        ("student,canvas id\nada,1\ngrace,1\n", "line 3: grace is listed before, or shares a number"),
        ('student\n"ada\n\n', None),
        ("student\n" + "a" * 200_000 + "\n", "is not CSV: field larger"),
    ],
)
def test_a_roster_that_is_none_says_where(desk, roster, said):
    (desk.folder / "class.csv").write_text(roster, encoding="utf-8")
    done = desk.collect(desk.zip(("ada/momentum.ipynb", NOTEBOOK)), "--roster", desk.folder / "class.csv")
    assert "Traceback" not in done.said
    if said:
        assert done.code == 2
        assert said in done.said
        assert desk.notebooks() == {}


def test_a_roster_that_is_not_there_or_not_text_is_the_users_to_mend(desk):
    source = desk.zip(("ada/momentum.ipynb", NOTEBOOK))
    assert "cannot be read: No such file" in desk.collect(source, "--roster", desk.folder / "no.csv").said
    (desk.folder / "class.csv").write_bytes(b"student\nzo\xeb\n")
    assert "is not text in UTF-8" in desk.collect(source, "--roster", desk.folder / "class.csv").said
