"""How much of the machine a submission may take: settings of `nbgrader_config.py`, each with its reason."""

from traitlets import Float, Integer
from traitlets.config import Configurable


class Limits(Configurable):
    """What one submission may take. Set them in `nbgrader_config.py`, e.g. `c.Limits.memory = 2 * 1024**3`."""

    notebook_seconds = Float(
        120.0, min=1, help="A whole notebook: twice what the slowest lesson takes on a slow laptop."
    ).tag(config=True)
    cell_seconds = Float(
        20.0, min=1, help="A single cell: the slowest of a lesson takes 6 seconds on a slow laptop."
    ).tag(config=True)
    memory = Integer(
        4 * 1024**3, min=512 * 1024**2, help="Bytes, for all processes together: the lessons need 0.5 GB."
    ).tag(config=True)
    processes = Integer(
        32, min=4, help="Processes and threads at once: a pool of workers has room, a fork bomb has not."
    ).tag(config=True)
    output = Integer(
        4 * 1024**2, min=10_000, help="Bytes that a cell may show: the figures of a whole lesson have 1 MB."
    ).tag(config=True)
    files = Integer(1000, min=50, help="Files in the scratch folder.").tag(config=True)
    file_size = Integer(32 * 1024**2, min=1024, help="Bytes of a single file.").tag(config=True)
    disk = Integer(64 * 1024**2, min=1024**2, help="Bytes of the scratch folder, which lies in memory.").tag(
        config=True
    )

    def walls(self) -> dict[str, int]:
        """The limits that the kernel enforces, as `autograder.inside.confine.Walls` wants them."""
        return {
            "memory": self.memory,
            "processes": self.processes,
            "files": self.files,
            "file_size": self.file_size,
            "disk": self.disk,
            # Four processes' worth of the budget: the wall clock is the limit, this one only stops what escapes it.
            "cpu": int(4 * self.notebook_seconds),
        }
