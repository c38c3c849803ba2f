"""Open the course in JupyterLab, on the learner's own copies of the lessons."""

import argparse
import errno
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.course import ROOT
from autograder.errors import UserError

FIRST = "00-start-here/start-here.ipynb"
DEFAULT_PORT = 8888
# Read by JupyterLab besides the user's own settings: no news, no update notes, no panels for instructors.
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `[--port N] [--no-browser]`."""
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, metavar="N", help=f"by default {DEFAULT_PORT}"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")


def run(args: argparse.Namespace) -> None:
    """Copy the lessons that the learner does not have yet, then become JupyterLab until Ctrl-C."""
    study = ROOT / "study"
    copied = copy_lessons(ROOT / "course", study)
    refuse_used_port(args.port)
    if copied:
        print(f"New in {study}: {', '.join(sorted({path.parent.name for path in copied}))}")
    print("Your work is kept in the folder study/. Ctrl-C here ends the lab.", flush=True)
    command = lab_command(study, args.port, browser=not args.no_browser)
    os.execve(command[0], command, lab_environment(os.environ))


def copy_lessons(course: Path, study: Path) -> list[Path]:
    """Copy into `study` each file of `course` that is not there yet; the copies made. Nothing is overwritten.

    A learner who wants to begin a lesson again renames or deletes their copy.
    """
    given = [
        path
        for path in sorted(course.rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    ]
    if not given:
        raise UserError(f"There are no lessons in {course}. Run `make build` first.")
    copies = {study / path.relative_to(course): path for path in given}
    missing = {copy: path for copy, path in copies.items() if not copy.exists()}
    try:
        for copy, path in missing.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    except OSError as error:
        raise UserError(
            f"Your copies of the lessons cannot be written to {study}: {error.strerror}. "
            "Check that it is a folder that belongs to you, then try again."
        ) from error
    return list(missing)


def refuse_used_port(port: int) -> None:
    """Raise UserError unless a server may listen on this port of this machine."""
    remedy = f"Choose another, for example: make lab PORT={DEFAULT_PORT + 1}"
    if not 1 <= port <= 65535:
        raise UserError(f"{port} is no port; ports go from 1 to 65535. {remedy}")
    with socket.socket() as probe:
        # As the server itself does: a port whose last user has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UserError(
                    f"Port {port} is in use, perhaps by a lab that is open already. Close that, or choose "
                    f"another port: make lab PORT={port + 1 if port < 65535 else DEFAULT_PORT}"
                ) from error
            raise UserError(f"Port {port} cannot be used: {error.strerror}. {remedy}") from error


def lab_command(study: Path, port: int, browser: bool) -> list[str]:
    """JupyterLab on the learner's folder, opened on the first lesson."""
    first = f"/lab/tree/{FIRST}" if (study / FIRST).is_file() else "/lab"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={study}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.default_url={first}",
        f"--LabApp.default_url={first}",
        # Tabs of another course would be looked for here, and not found.
        f"--LabApp.workspaces_dir={study / '.jupyter' / 'workspaces'}",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.answer_yes=True",  # Ctrl-C ends the lab without asking
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with the course's settings for JupyterLab put before the user's other defaults."""
    paths = [str(SETTINGS), environment.get("JUPYTER_CONFIG_PATH", "")]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}
