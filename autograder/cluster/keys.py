"""A cluster file with certificates of its own: whoever has this folder is a machine of the cluster, and nobody else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.cluster.place import ADDRESS
from autograder.errors import UserError

FILE = "cluster.toml"
DAYS = 365
_TEXT = """\
# The same folder on every machine of the cluster. Whoever can read it can run programs on all of them.
address = "{address}"     # of the scheduler
{keys}
lost_after = 30           # seconds of silence after which a worker counts as lost
wait = 30                 # seconds to wait for the scheduler, and for a first worker
"""
_KEYS = """\
ca = "ca.pem"             # paths are meant from here
certificate = "node.pem"  # with its key in the same file"""


def prepare(folder: Path, address: str) -> Path:
    """Write a cluster file into a new folder, with certificates where the address is `tls://`.

    Raises UserError where there is one already, or the address is none.
    """
    if not ADDRESS.fullmatch(address):
        raise UserError(f"{address!r} is no address of a scheduler: give tls://host:port or tcp://host:port.")
    path = folder / FILE
    if path.exists():
        raise UserError(
            f"{path} is there already. Take another folder, or remove that one from every machine."
        )
    encrypted = address.startswith("tls://")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if encrypted:
        for name, content in certificates().items():
            _write_for_owner(folder / name, content)
    path.write_text(_TEXT.format(address=address, keys=_KEYS if encrypted else "# not encrypted"), "utf-8")
    return path


def _write_for_owner(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def certificates() -> dict[str, bytes]:
    """A certificate authority, and one certificate that it has signed; the authority's key is forgotten at once.

    Raises UserError where the library for it is not installed.
    """
    try:
        from cryptography import x509  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            Encoding,
            NoEncryption,
            PrivateFormat,
        )
        from cryptography.x509.oid import NameOID  # noqa: PLC0415
    except ImportError as error:
        raise UserError(
            f"Certificates need the extra `scale`: pip install -e '.[scale]' ({error})."
        ) from error

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    authority, node = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def signed(name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> bytes:
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("gradlab cluster"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=DAYS))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(authority, hashes.SHA256())
            .public_bytes(Encoding.PEM)
        )

    key = node.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "ca.pem": signed("gradlab cluster", authority, ca=True),
        "node.pem": signed("gradlab node", node, ca=False) + key,
    }
