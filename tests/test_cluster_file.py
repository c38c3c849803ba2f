"""What somebody may give as a cluster, what is compared between its machines, and when Dask is loaded."""

import re
import sys

import pytest
from course_copy import run

from autograder.cluster import grading
from autograder.cluster.keys import prepare
from autograder.cluster.place import find_place
from autograder.cluster.versions import code_digest
from autograder.course import ROOT
from autograder.errors import UserError


def test_the_state_of_the_code_changes_with_every_line_of_it(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "a.py").write_text("1")
    before = code_digest([tmp_path])
    (tmp_path / "work/handed_in.py").write_text("1")
    assert code_digest([tmp_path]) == before
    (tmp_path / "a.py").write_text("2")
    assert code_digest([tmp_path]) != before


def test_without_dask_it_is_said_how_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"needs the extra `scale`: pip install -e '\.\[scale\]'"):
        grading.Cluster("tcp://127.0.0.1:1", 1)


class Silent:
    """The client of a scheduler that is gone, before or after it was noticed."""

    def __init__(self, status: str) -> None:
        self.status, self.loop = status, None

    def nthreads(self):
        raise OSError("Timed out trying to connect")

    def close(self, timeout: float) -> None:
        self.status = "closed"


@pytest.mark.parametrize("status", ["running", "connecting"])
def test_a_scheduler_that_does_not_answer_is_lost(status):
    cluster = grading.Cluster("tcp://127.0.0.1:1", 1)
    cluster._client = client = Silent(status)
    with pytest.raises(UserError, match="was lost in the middle of the batch"):
        list(cluster.grade([None], None))
    assert client.status == "closed"


def test_dask_is_loaded_by_nothing_but_a_cluster():
    done = run(ROOT, "autograder", "grade", "--help")
    assert "--cluster" in done.stdout
    code = "import sys, autograder.grade, autograder.cluster; print({'dask', 'distributed', 'cryptography'} & set(sys.modules))"
    (found,) = run(ROOT, "timeit", "-n1", "-r1", code).stdout.splitlines()[:1]
    assert found == "set()"


def test_a_cluster_file_is_made_for_its_owner_and_says_where_its_certificates_lie(tmp_path):
    path = prepare(tmp_path / "new", "tls://10.0.0.1:8786")
    place = find_place(str(path))
    assert place.is_encrypted
    assert (place.ca, place.certificate) == (str(tmp_path / "new/ca.pem"), str(tmp_path / "new/node.pem"))
    assert [file.name for file in path.parent.iterdir() if file.stat().st_mode & 0o077] == ["cluster.toml"]
    with pytest.raises(UserError, match="is there already"):
        prepare(tmp_path / "new", "tls://10.0.0.1:8786")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("address = 'ftp://x'", "needs a line such as address"),
        ("address = 'tcp://a:1'\nadress = 1", "says 'adress'; it may say address, ca"),
        ("address = 'tcp://a:1'\nwait = '1'", "says wait = '1', which is of the wrong kind"),
        ("address = 'tls://a:1'", "ca and certificate belong to tls://"),
        ("address = 'tls://a:1'\nca = 'a.pem'", "a.pem is not there"),
        ("address = 'tcp://a:1'\nlost_after = 5", "lost_after is at least 11"),
        ("address = ", "cannot be read"),
    ],
)
def test_a_cluster_file_with_a_mistake_is_refused_with_a_sentence(tmp_path, text, sentence):
    path = tmp_path / "cluster.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=re.escape(sentence)):
        find_place(str(path))


@pytest.mark.parametrize("where", ["nowhere", "tcp://host", "http://host:1", "tls://"])
def test_what_is_no_cluster_is_refused_with_a_sentence(where):
    with pytest.raises(UserError, match="is no cluster: give tcp://host:port"):
        find_place(where)
