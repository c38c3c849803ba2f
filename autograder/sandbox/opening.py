"""Open the sandboxes of a worker with every layer that this machine offers, each of them tried."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from autograder.errors import UserError
from autograder.inside.confine import landlock_version
from autograder.sandbox.limits import Limits
from autograder.sandbox.syscalls import seccomp_filter
from autograder.sandbox.zygotes import Isolation, Role, Sandbox

HOW_TO_INSTALL = (
    "Install bubblewrap (Debian and Ubuntu: sudo apt install bubblewrap; Fedora: sudo dnf install bubblewrap)"
)
NO_ISOLATION = Isolation(bubblewrap=False, namespaces=False, landlock=False, seccomp=False)


def offered() -> Isolation:
    """The layers that this machine seems to offer; a zygote proves them."""
    if sys.platform != "linux":
        return NO_ISOLATION
    bubblewrap = shutil.which("bwrap") is not None
    return Isolation(
        bubblewrap, bubblewrap, bubblewrap and landlock_version() > 0, bubblewrap and bool(seccomp_filter())
    )


@dataclass(frozen=True)
class Sandboxes:
    """The zygotes of one worker."""

    zygotes: dict[Role, Sandbox]
    limits: Limits
    isolation: Isolation

    def close(self) -> None:
        """End them all."""
        _close(self.zygotes.values())


def open_sandboxes(
    limits: Limits, *, figures: bool = True, sandbox: bool = True, core: int | None = None
) -> Sandboxes:
    """Start the zygotes with every layer that holds here.

    Args:
        limits: what a submission may take.
        figures: whether notebooks are also run for what they show.
        sandbox: False to do without any isolation.
        core: the one that everything in there stays on, once it has started; None for any.

    Raises:
        UserError: where there is no sandbox and one is wanted.
    """
    roles: list[Role] = ["answer", "show"] if figures else ["answer"]
    opened = _proven(roles, limits, core) if sandbox else _started(roles, limits, NO_ISOLATION, core)
    if opened is None:
        raise UserError(f"{_WHY_NOT} {HOW_TO_INSTALL}, or grade people you trust with --no-sandbox.")
    return Sandboxes(opened, limits, opened["answer"].isolation)


_WHY_NOT = (
    "Submissions are run in a sandbox, and bubblewrap, which builds it, is not there or cannot work here."
)


def layers_that_hold(limits: Limits) -> Isolation:
    """The layers that this machine has, each tried with a fork."""
    opened = _proven(["answer"], limits, None)
    if opened is None:
        return NO_ISOLATION
    opened["answer"].close()
    return opened["answer"].isolation


def _proven(roles: list[Role], limits: Limits, core: int | None) -> dict[Role, Sandbox] | None:
    """Zygotes with every layer that holds: a fork is made, and what it cannot put up is left out."""
    isolation = offered()
    while isolation.bubblewrap:
        try:
            opened = _started(roles, limits, isolation, core)
        except UserError:
            return None
        broken = opened["answer"].fork().what_is_broken()
        if not broken:
            return opened
        _close(opened.values())
        layer = next((name for name in ("landlock", "seccomp") if broken.startswith(name)), "namespaces")
        if not getattr(isolation, layer):
            return None
        isolation = replace(isolation, **{layer: False})
    return None


def _started(
    roles: list[Role], limits: Limits, isolation: Isolation, core: int | None
) -> dict[Role, Sandbox]:
    """Zygotes that import what they need side by side; raises UserError where the one for answers does not start."""
    opened = {role: Sandbox(role, limits, isolation, core) for role in roles}
    try:
        opened["answer"].wait()  # the other gets ready while the first answers are judged
        return opened
    except UserError:
        _close(opened.values())
        raise


def _close(sandboxes: Iterable[Sandbox]) -> None:
    for sandbox in sandboxes:
        sandbox.close()
