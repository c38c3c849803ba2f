"""A trained network as a file: an .npz archive that any NumPy can open, without pickle."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network.arguments import checked_params
from gradlab.network.mlp import MLP
from gradlab.network.propagation import Averages
from gradlab.normalization import BatchNormState

FORMAT = "gradlab network 1"


class Saved(NamedTuple):
    """A network, its parameters of shape (..., n_params), and the running averages of batch norm or ().

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(Path(folder) / "net.npz", MLP((2, 2)), np.zeros(6))
    ...     network, params, averages = load(Path(folder) / "net.npz")
    >>> network.sizes, params, averages
    ((2, 2), array([0., 0., 0., 0., 0., 0.]), ())
    """

    network: MLP
    params: Array
    averages: Averages


def save(path: str | Path, network: MLP, params: Array, averages: Averages = ()) -> None:
    """Write a network and its parameters to `path`, replacing what is there.

    The archive holds "format", "network" (the architecture as JSON), "params", and "mean1", "var1" ... for each
    layer with batch norm. Same arguments, same bytes.

    Args:
        path: where to; it should end in .npz.
        network: the architecture.
        params: shape (..., n_params), in any floating-point dtype, which is kept.
        averages: the running averages of a network with batch norm.

    Raises:
        ValueError: for another ending, parameters that do not fit the network, or missing averages.

    >>> import tempfile
    >>> network = MLP((2, 3, 2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(f"{folder}/net.npz", network, network.init(np.random.default_rng(0)))
    ...     load(f"{folder}/net.npz").network
    MLP(sizes=(2, 3, 2), activation='tanh', criterion='cross_entropy', dropout=0.0, batch_norm=False)
    """
    target = Path(path)
    if target.suffix != ".npz":
        raise ValueError(f"The file of a network ends in .npz, got {target.name!r}.")
    checked_params(params, network.n_params, network.sizes)
    _check_averages(network, params, averages)
    arrays: dict[str, npt.NDArray[Any]] = {"format": np.array(FORMAT), "params": params}
    arrays["network"] = np.array(json.dumps(asdict(network)))
    for number, (mean, var) in enumerate(averages, start=1):
        arrays |= {f"mean{number}": mean, f"var{number}": var}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    target.write_bytes(content.getvalue())


def load(path: str | Path, network: MLP | None = None) -> Saved:
    """Read what `save` wrote.

    Nothing in the file is executed, wherever it came from.

    Args:
        path: the file.
        network: the architecture that the file should be of; None for whatever it is.

    Returns:
        the network, its parameters and its running averages.

    Raises:
        FileNotFoundError: for a file that is not there.
        ValueError: for a file that is damaged, not of a network, or of another architecture.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "net.npz").write_text("not a network")
    ...     load(f"{folder}/net.npz")
    Traceback (most recent call last):
    ValueError: net.npz is not the file of a network, or it is damaged: save the network again with gradlab.network.save.
    """
    content, name = Path(path).read_bytes(), Path(path).name
    try:
        saved = _parsed(content)
    # A damaged archive can make zipfile, numpy and json raise nearly anything; to the reader it is all one.
    except Exception as error:
        raise ValueError(
            f"{name} is not the file of a network, or it is damaged: save the network again with "
            "gradlab.network.save."
        ) from error
    if network is not None and saved.network != network:
        raise ValueError(f"{name} holds {saved.network}, not {network}.")
    return saved


def _parsed(content: bytes) -> Saved:
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        stored = {name: archive[name] for name in archive.files}
    if stored["format"].item() != FORMAT:
        raise ValueError(f"the format is {stored['format']}")
    fields = json.loads(stored["network"].item())
    network = MLP(**fields | {"sizes": tuple(fields["sizes"])})
    params = checked_params(stored["params"], network.n_params, network.sizes)
    averages = tuple(
        BatchNormState(stored[f"mean{number}"], stored[f"var{number}"])
        for number in range(1, len(network.init_averages()) + 1)
    )
    _check_averages(network, params, averages)
    return Saved(network, params, averages)


def _check_averages(network: MLP, params: Array, averages: Averages) -> None:
    wanted = [each.mean.shape for each in network.init_averages(params.shape[:-1])]
    got = [np.shape(part) for each in averages for part in each]
    if got != [shape for shape in wanted for _ in BatchNormState._fields]:
        raise ValueError(
            f"averages must hold a BatchNormState for each of the {len(wanted)} normalised layers, with arrays of "
            f"shapes {wanted}; got arrays of shapes {got}. Pass averages=history.averages."
        )
