"""A PostgreSQL server for a test: Debian's, started here on loopback, with its data in a folder that ends with it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster_programs import free_port
from sqlalchemy import create_engine, text

PASSWORD = "of-the-test"


def programs() -> Path:
    """Where the newest server's programs lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed. Debian and Ubuntu: sudo apt install postgresql"
    return found[-1].parent


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    def url(self, database: str, password: str = PASSWORD, user: str = "grader") -> str:
        """The db_url of a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def do(self, words: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run SQL, and bring back its rows."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(words))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows


@contextmanager
def server() -> Iterator[Server]:
    """A server for the length of a block, and nobody's but ours."""
    folder, port = Path(tempfile.mkdtemp(prefix="gradlab-postgresql-")), free_port()
    # The server refuses to be root.
    before: list[str] = []
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        before = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [*before, str(programs() / program), "--pgdata", str(folder / "data"), *words],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip

    try:
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        run("initdb", "--username=grader", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync",
            "--encoding=UTF8", "--locale=C")  # fmt: skip
        settings = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={settings}")
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)
