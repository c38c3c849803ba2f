"""Machines that are none: network namespaces with cables to one bridge, in a world of their own.

Nothing of this machine's network is touched. Who is not root becomes it in a user namespace, so this runs for everybody
whom the kernel lets make one; and it needs iproute2 and util-linux.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Network:
    """Some machines, `10.77.0.1` and so on, that can reach one another and nothing else."""

    def __init__(self, names: Sequence[str]) -> None:
        root = os.getuid() == 0
        # /run is where `ip netns` keeps names. The word on the pipe says that it is there.
        self._world = subprocess.Popen(
            ["unshare", *([] if root else ["-Ur"]), "-nm", "sh", "-c",
             "mount -t tmpfs none /run && echo ready && exec sleep infinity"],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._world.stdout is not None
        assert self._world.stdout.readline() == b"ready\n", "no namespaces here: see how bubblewrap gets them"
        user = [] if root else ["-U", "--preserve-credentials"]
        self._enter = ["nsenter", "-t", str(self._world.pid), *user, "-n", "-m"]
        self.addresses = {name: f"10.77.0.{number}" for number, name in enumerate(names, start=1)}
        self._do("link", "add", "hub", "type", "bridge")
        self._do("link", "set", "hub", "up")
        for name, address in self.addresses.items():
            self._do("netns", "add", name)
            self._do("link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
            self._do("link", "set", f"to-{name}", "master", "hub", "up")
            self._do("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                self._do("-n", name, "link", "set", device, "up")

    def on(self, name: str) -> list[str]:
        """What to put before a command that is to run on a machine."""
        return [*self._enter, "ip", "netns", "exec", name]

    def cut(self, name: str) -> None:
        """Pull the cable: nobody is told anything."""
        self._do("link", "set", f"to-{name}", "down")

    def mend(self, name: str) -> None:
        """Plug it in again."""
        self._do("link", "set", f"to-{name}", "up")

    def close(self) -> None:
        """End this world; the kernel takes its networks away."""
        self._world.kill()
        self._world.communicate()

    def _do(self, *words: str) -> None:
        subprocess.run([*self._enter, "ip", *words], check=True)


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """A network for the length of a block."""
    found = Network(names)
    try:
        yield found
    finally:
        found.close()
