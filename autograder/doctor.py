"""`python -m autograder doctor`: which layers of the sandbox this machine offers, and whether each one holds."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from autograder.errors import UserError
from autograder.inside.confine import landlock_version
from autograder.released import course_config
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import HOW_TO_INSTALL, layers_that_hold
from autograder.sandbox.probes import Attempts, Probe, Verdict, probes, surroundings
from autograder.sandbox.zygotes import Isolation

PLAIN_WIDTH = 150
# What is missing without a layer, and how to get it.
HOW = {
    "namespaces": "The kernel, or the container this runs in, forbids new user namespaces (see user_namespaces(7)).",
    "landlock": "The kernel has no Landlock: Linux 5.13 or newer, with `landlock` in its list of security modules.",
    "seccomp": "libseccomp is missing (Debian and Ubuntu: sudo apt install libseccomp2).",
}
STYLE = {Verdict.HELD: "green", Verdict.BROKEN: "bold red", Verdict.TOOTHLESS: "yellow"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to say."""


def run(_: argparse.Namespace) -> None:
    """Say what there is, try to break each layer, and print what became of every attempt.

    Raises UserError where a layer is missing or does not hold.
    """
    console = Console() if Console().is_terminal else Console(width=PLAIN_WIDTH)
    for name, words in _machine().items():
        console.print(f"{name + ':':12} {words}", highlight=False, soft_wrap=True)
    limits = Limits(config=course_config())
    there = layers_that_hold(limits)
    if not there.bubblewrap:
        raise UserError(f"There is no sandbox here: {_why_no_bubblewrap()}")
    verdicts = _try_all(there, limits)
    console.print(_table(verdicts))
    broken = [probe.tries for probe, verdict in verdicts if verdict is Verdict.BROKEN]
    missing = [name for name, holds in vars(there).items() if not holds]
    console.print(f"\nIsolation: {there.level}.")
    if broken:
        raise UserError(
            f"The sandbox does not hold what it should: {'; '.join(broken)}. Grade nobody's work here."
        )
    if missing:
        raise UserError(" ".join(f"Without {name}: {HOW[name]}" for name in missing))


def _try_all(there: Isolation, limits: Limits) -> list[tuple[Probe, Verdict]]:
    with (
        tempfile.TemporaryDirectory(prefix="gradlab-doctor-") as folder,
        surroundings(Path(folder)) as around,
    ):
        attempts = Attempts(there, limits, around)
        try:
            return [
                (probe, attempts.verdict(probe))
                for probe in probes(limits)
                if getattr(there, probe.layer, True)
            ]
        finally:
            attempts.close()


def _table(verdicts: list[tuple[Probe, Verdict]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    for name in ("layer", "an attempt to", "which gets through without it, and here"):
        table.add_column(name)
    last = ""
    for probe, verdict in verdicts:
        table.add_row(
            "" if probe.layer == last else probe.layer, probe.tries, f"[{STYLE[verdict]}]{verdict}[/]"
        )
        last = probe.layer
    return table


def _machine() -> dict[str, str]:
    return {
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Python": f"{platform.python_version()}, {sys.prefix}",
        "user": "root" if os.getuid() == 0 else f"an ordinary one ({os.getuid()})",
        "bubblewrap": _first_line([shutil.which("bwrap") or "", "--version"]) or "not there",
        "Landlock": f"version {landlock_version()}" if landlock_version() else "not there",
    }


def _first_line(command: list[str]) -> str:
    if not command[0]:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def _why_no_bubblewrap() -> str:
    if sys.platform != "linux":
        return "bubblewrap is for Linux. On this system, grade people you trust with --no-sandbox, or use a Linux machine."
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return f"bubblewrap is missing. {HOW_TO_INSTALL}."
    said = _first_line([bwrap, "--unshare-all", "--ro-bind", "/", "/", "/bin/true"])
    return f"bubblewrap cannot work ({said or 'it did not say why'}). {HOW['namespaces']}"
