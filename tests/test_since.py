"""`--since WHEN`: what people write, and which submissions it picks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder import since
from autograder.course import Lesson
from autograder.errors import UserError
from autograder.since import is_since, moment
from autograder.submission import Submission

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "hours"), [("30m", 0.5), ("2h", 2), ("1.5h", 1.5), ("3d", 72), ("1w", 168), (" 2 h ", 2)]
)
def test_a_span_is_counted_back_from_now(words, hours):
    assert moment(words, NOW) == NOW - timedelta(hours=hours)


@pytest.mark.parametrize("words", ["2026-03-10T10:00Z", "2026-03-10T12:00+02:00", "2026-03-10 10:00+00:00"])
def test_a_time_may_name_its_zone(words):
    assert moment(words, NOW) == datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "then"), [("2026-03-08", (2026, 3, 8)), ("2026-03-08T18:30", (2026, 3, 8, 18, 30))]
)
def test_a_date_or_time_without_a_zone_is_local(words, then):
    assert moment(words, NOW) == datetime(*then).astimezone()


@pytest.mark.parametrize("words", ["", "yesterday", "2x", "h", "-2h", "2026-13-01", "9" * 40 + "d", "nan"])
def test_anything_else_is_said_to_be_no_moment(words):
    with pytest.raises(UserError, match=r"is no moment\. Give a span, such as 30m"):
        moment(words, NOW)


def test_a_moment_that_is_still_to_come_is_a_slip():
    with pytest.raises(UserError, match="still to come"):
        moment("2026-03-20", NOW)


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """A notebook that was written and handed in at the same moment: now."""
    folder = tmp_path / "ada/05-momentum"
    folder.mkdir(parents=True)
    (folder / "momentum.ipynb").write_text("{}")
    return Submission("ada", folder, Lesson("05-momentum"))


def written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_ctime, UTC)


MOMENT = timedelta(seconds=1)


def test_a_file_counts_from_when_it_was_written_or_put_there(submission):
    then = written(submission.notebook)
    assert is_since(submission, then - MOMENT)
    assert not is_since(submission, then + MOMENT)


def test_a_timestamp_counts_too(submission):
    then = written(submission.notebook) + timedelta(days=1)
    (submission.folder / "timestamp.txt").write_text(f"{then + MOMENT:%Y-%m-%d %H:%M:%S.%f} UTC")
    assert is_since(submission, then)
    assert not is_since(submission, then + 2 * MOMENT)


def test_where_there_is_no_notebook_the_folder_counts(submission):
    submission.notebook.unlink()
    then = written(submission.folder)
    assert is_since(submission, then - MOMENT)
    assert not is_since(submission, then + MOMENT)


def test_who_has_handed_in_nothing_is_never_looked_at(tmp_path):
    nobody = Submission("noah", tmp_path / "noah/05-momentum", Lesson("05-momentum"))
    assert not is_since(nobody, datetime.fromtimestamp(0, UTC))


def test_what_cannot_be_looked_at_is_read_once_too_often(submission, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(since.Path, "lstat", refuse)
    assert is_since(submission, NOW)
