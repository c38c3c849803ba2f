"""The standard deviations and limits of torch.nn.init.

PyTorch does not tell them, but draws twice from the same seed do: once by an initializer, once by the plain
distribution; the ratio is the standard deviation, or the limit.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch.nn import init

ENGINES = ("torch",)
FANS = [(1, 1), (1, 300), (300, 1), (64, 32), (32, 10), (200, 300), (784, 100)]


def normal(weight: torch.Tensor) -> torch.Tensor:
    """LeCun's: what PyTorch does for a layer without a nonlinearity."""
    return init.kaiming_normal_(weight, nonlinearity="linear")


def he_normal(weight: torch.Tensor) -> torch.Tensor:
    """He's, for ReLU."""
    return init.kaiming_normal_(weight, nonlinearity="relu")


def he_uniform(weight: torch.Tensor) -> torch.Tensor:
    """He's, for ReLU."""
    return init.kaiming_uniform_(weight, nonlinearity="relu")


def symmetric(weight: torch.Tensor) -> torch.Tensor:
    """Uniform between -1 and 1."""
    return init.uniform_(weight, -1, 1)


NORMAL = {"normal": normal, "xavier_normal": init.xavier_normal_, "he_normal": he_normal}
UNIFORM = {"xavier_uniform": init.xavier_uniform_, "he_uniform": he_uniform}


def record() -> dict[str, Any]:
    """Every initializer at every pair of fans."""
    cases = [
        case(name, initializer, plain, fans)
        for named, plain in ((NORMAL, init.normal_), (UNIFORM, symmetric))
        for (name, initializer), fans in product(named.items(), FANS)
    ]
    return {"cases": cases}


def case(
    name: str,
    initializer: Callable[[torch.Tensor], torch.Tensor],
    plain: Callable[[torch.Tensor], torch.Tensor],
    fans: tuple[int, int],
) -> dict[str, Any]:
    """The factor between an initializer and the plain distribution."""
    fan_in, fan_out = fans
    drawn = []
    for draw in (initializer, plain):
        torch.manual_seed(0)
        # A layer of PyTorch is (fan_out, fan_in).
        drawn.append(draw(torch.empty(fan_out, fan_in, dtype=torch.float64)))
    return {"initializer": name, "fans": fans, "scale": drawn[0].norm() / drawn[1].norm()}
