"""Where a cluster is, and how to talk to it: an address, or a small file that every machine of the cluster has."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autograder.errors import UserError

LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls)://\S+:\d{1,5}")
# Below this, Linux cannot be told when to give up on a silent peer.
LEAST_PATIENCE = 11.0
PATHS = ("ca", "certificate", "key")


@dataclass(frozen=True)
class Place:
    """A cluster.

    Attributes:
        address: of its scheduler; `local` for one that is started here and ends with the batch.
        ca: the certificate that all of its machines trust.
        certificate: what this machine shows, signed by that one.
        key: of the certificate, where it does not lie in the same file.
        lost_after: seconds of silence after which a worker counts as lost.
        wait: seconds to wait for the scheduler, and for a first worker.
    """

    address: str
    ca: str = ""
    certificate: str = ""
    key: str = ""
    lost_after: float = 30.0
    wait: float = 30.0

    @property
    def is_local(self) -> bool:
        """Whether the cluster is yet to be started, on this machine."""
        return self.address == LOCAL

    @property
    def is_encrypted(self) -> bool:
        """Whether its machines prove who they are, and nobody between them can listen."""
        return self.address.startswith("tls://")


def find_place(where: str) -> Place:
    """The cluster that somebody means by `tcp://host:port`, `tls://host:port`, `local`, or the path of a file.

    Raises UserError where that is none of these, or the file is not as it should be.

    >>> find_place("tcp://10.0.0.1:8786").is_encrypted
    False
    """
    if where == LOCAL or ADDRESS.fullmatch(where):
        return Place(where)
    if "://" in where or not Path(where).is_file():
        raise UserError(
            f"{where!r} is no cluster: give tcp://host:port, tls://host:port, local, or the path of a cluster file "
            "(python -m autograder cluster prepare makes one)."
        )
    return _read(Path(where))


def _read(path: Path) -> Place:
    try:
        words: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"The cluster file {path} cannot be read: {error}") from error
    kinds = {field.name: str if field.type is str else (int, float) for field in fields(Place)}
    for name, value in words.items():
        if name not in kinds:
            raise UserError(f"The cluster file {path} says {name!r}; it may say {', '.join(kinds)}.")
        if not isinstance(value, kinds[name]) or isinstance(value, bool):
            raise UserError(f"The cluster file {path} says {name} = {value!r}, which is of the wrong kind.")
    if not ADDRESS.fullmatch(words.get("address", "")):
        raise UserError(f'The cluster file {path} needs a line such as address = "tls://10.0.0.1:8786".')
    for name in PATHS:
        if words.get(name):
            words[name] = str(_beside(path, name, words[name]))
    place = Place(**words)
    if place.is_encrypted != bool(place.ca and place.certificate):
        raise UserError(
            f"The cluster file {path} says {place.address}: ca and certificate belong to tls://, and only to that."
        )
    if place.lost_after < LEAST_PATIENCE or place.wait <= 0:
        raise UserError(
            f"In the cluster file {path}, lost_after is at least {LEAST_PATIENCE:.0f} and wait above 0."
        )
    return place


def _beside(path: Path, name: str, words: str) -> Path:
    """A path in the file is meant from where the file lies."""
    found = (path.parent / words).resolve()
    if not found.is_file():
        raise UserError(f"The cluster file {path} says {name} = {words!r}, and {found} is not there.")
    return found
