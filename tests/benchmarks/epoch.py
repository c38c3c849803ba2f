"""Training on the digits, against PyTorch.

Both sides do the same: a network with one hidden layer or two, softmax cross-entropy, float32, mini-batches of 64
in random order, and after every epoch the mean loss on all the data. PyTorch's side is written as by someone who
knows it: tensors made once, no DataLoader, gradients set to None. Given the same mini-batches both walk the same
path, which is checked before anything is timed.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from benchmarks.pairing import Spread, median, quickest, take_turns, three_digits, times_as_fast
from benchmarks.result import Result, Table, Target
from benchmarks.threads import COUNTS, use_threads
from gradlab.data import digits, minibatches
from gradlab.network import MLP
from gradlab.optimizers import adam, gradient_descent, momentum
from gradlab.training import fit

BATCH = 64
FORMS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "single": {"foreach": False, "fused": False}}
# PyTorch takes the single-tensor form by default on a CPU.
DEFAULT = "single"


class Rule(NamedTuple):
    """An update rule with its rate, here and there."""

    ours: Callable[..., Any]
    hyper: dict[str, float]
    theirs: Callable[..., torch.optim.Optimizer]


RULES = {
    "Adam": Rule(adam, {"lr": 1e-3}, partial(torch.optim.Adam, lr=1e-3)),
    "momentum": Rule(momentum, {"lr": 0.05, "rho": 0.9}, partial(torch.optim.SGD, lr=0.05, momentum=0.9)),
    "SGD": Rule(gradient_descent, {"lr": 0.1}, partial(torch.optim.SGD, lr=0.1)),
}
ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
# Compiling takes longer than all the rest, so it is done for one of them.
COMPILED = ("Adam", "tanh")
HIDDEN = {
    "one hidden layer": [(16,), (64,), (128,), (512,), (2048,), (13_333,)],
    "two hidden layers": [(16, 16), (64, 64), (128, 128), (256, 256), (512, 512), (960, 960)],
}


class Ours:
    """`gradlab.training.fit`, from the same start every time."""

    def __init__(self, network: MLP, rule: Rule) -> None:
        self.network, self.rule = network, rule
        self.start = network.init(np.random.default_rng(0))

    def __call__(self, epochs: int) -> list[float]:
        """Train, and give the loss before the first epoch and after each."""
        history = fit(
            self.network, self.start, *digits(), self.rule.ours, epochs=epochs, batch_size=BATCH,
            rng=np.random.default_rng(1), **self.rule.hyper,
        )  # fmt: skip
        return [float(loss) for loss in history.loss]


class Theirs:
    """The same in PyTorch."""

    def __init__(self, network: MLP, rule: Rule, form: str, *, compiled: bool = False) -> None:
        layers: list[torch.nn.Module] = []
        for fan_in, fan_out in pairwise(network.sizes):
            layers += [torch.nn.Linear(fan_in, fan_out), ACTIVATIONS[network.activation]()]
        self.layers = layers[:-1:2]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = partial(rule.theirs, **FORMS[form])
        self.start = [
            (torch.tensor(W.T.copy()), torch.tensor(b))
            for W, b in network.unpack(network.init(np.random.default_rng(0)))
        ]
        images, labels = digits()
        self.X, self.y = torch.tensor(images), torch.tensor(labels)
        self.forward = torch.compile(self.model, dynamic=True) if compiled else self.model

    def __call__(self, epochs: int, batches: list[list[torch.Tensor]] | None = None) -> list[float]:
        """Train, and give the loss before the first epoch and after each."""
        with torch.no_grad():
            for layer, (W, b) in zip(self.layers, self.start, strict=True):
                layer.weight.copy_(W)
                layer.bias.copy_(b)
        optimizer = self.optimizer(self.model.parameters())
        generator = torch.Generator().manual_seed(1)
        losses = [self._loss()]
        for epoch in range(epochs):
            shuffled = torch.randperm(len(self.X), generator=generator).split(BATCH)
            for batch in shuffled if batches is None else batches[epoch]:
                optimizer.zero_grad(set_to_none=True)
                cross_entropy(self.forward(self.X[batch]), self.y[batch]).backward()
                optimizer.step()
            losses.append(self._loss())
        return losses

    def _loss(self) -> float:
        with torch.inference_mode():
            return cross_entropy(self.model(self.X), self.y).item()


def measure() -> Result:
    """Every rule at the size of the lessons, then the curve over the size for Adam."""
    rows, targets = [], []
    for name, activation in [("Adam", "tanh"), ("Adam", "relu"), ("momentum", "tanh"), ("SGD", "tanh")]:
        ratios, row = _against_every_form(name, activation)
        rows.append(row)
        if activation == "tanh":
            targets += _targets(name, ratios)
    curves, sizes = _curves()
    tables = [
        Table(
            "An epoch on the digits, 64-128-10, batches of 64, float32",
            ["rule, activation", "gradlab, ms", *(f"torch {form}" for form in (*FORMS, "compiled")), "loss, ours", "theirs"],
            rows,
            f"How many times as fast as each form of PyTorch's optimizers; {DEFAULT} is PyTorch's default on a CPU, "
            "compiled is torch.compile around the network with the fused optimizer. The losses are those after 10 epochs, "
            "each side with mini-batches of its own.",
        ),
        Table(
            "An epoch with Adam over the size of the network, against PyTorch's fused Adam",
            ["network", "parameters", "gradlab, ms", "torch fused, ms", "times as fast"],
            sizes,
            _where_overtaken(curves),
        ),
    ]  # fmt: skip
    return Result(tables, targets, curves)


def _against_every_form(name: str, activation: str) -> tuple[dict[str, Spread], list[str]]:
    network, rule, epochs = MLP((64, 128, 10), activation), RULES[name], 10
    forms = {form: Theirs(network, rule, form) for form in FORMS}
    if (name, activation) == COMPILED:
        forms["compiled"] = Theirs(network, rule, "fused", compiled=True)
    ours = Ours(network, rule)
    for theirs in forms.values():
        check_same_work(ours, theirs)
    seconds = _race({"ours": ours, **forms}, epochs, rounds=9)
    ratios = {form: times_as_fast(seconds, "ours", form) for form in forms}
    return ratios, [
        f"{name}, {activation}",
        f"{median(seconds, 'ours') / epochs * 1e3:.2f}",
        *(str(ratios.get(form, "–")) for form in (*FORMS, "compiled")),
        f"{ours(epochs)[-1]:.3f}",
        f"{forms['fused'](epochs)[-1]:.3f}",
    ]


def _targets(name: str, ratios: dict[str, Spread]) -> list[Target]:
    wanted = {"fused": 2.5, DEFAULT: 3.0} if name == "Adam" else {"fused": 1.0, DEFAULT: 1.0}
    return [
        Target(f"epoch, {name}, against torch {form}", f">= {least:g}x", f"{ratios[form]}x", ratios[form].median >= least)
        for form, least in wanted.items()
    ]  # fmt: skip


def _curves() -> tuple[dict[str, Any], list[list[str]]]:
    curves: dict[str, Any] = {}
    rows = []
    for shape, widths in HIDDEN.items():
        line = []
        for hidden in widths:
            network = MLP((64, *hidden, 10))
            ours, theirs = Ours(network, RULES["Adam"]), Theirs(network, RULES["Adam"], "fused")
            check_same_work(ours, theirs)
            epochs = 1 if network.n_params > 100_000 else 5
            seconds = _race({"ours": ours, "theirs": theirs}, epochs, rounds=5)
            ratio = times_as_fast(seconds, "ours", "theirs")
            line.append([network.n_params, *ratio])
            milliseconds = [three_digits(median(seconds, who) / epochs * 1e3) for who in ("ours", "theirs")]
            sizes = "-".join(map(str, network.sizes))
            rows.append([sizes, f"{network.n_params:,}", *milliseconds, str(ratio)])
        curves[shape] = line
    return curves, rows


def _race(sides: dict[str, Callable[[int], Any]], epochs: int, rounds: int) -> dict[str, list[float]]:
    heat = {(who, count): partial(run, 1) for who, run in sides.items() for count in COUNTS}
    heats = take_turns(heat, rounds=3, before=lambda name: use_threads(name[1]))
    # Each side at its best number of threads.
    best = {who: quickest(heats, [(who, count) for count in COUNTS])[1] for who in sides}
    contenders = {who: partial(run, epochs) for who, run in sides.items()}
    return take_turns(contenders, rounds=rounds, at_least=0.03, before=lambda who: use_threads(best[who]))


def check_same_work(ours: Ours, theirs: Theirs, epochs: int = 2) -> None:
    """Make sure that with the same mini-batches both sides have the same losses.

    Raises:
        RuntimeError: where they have not: then a comparison of their times would mean nothing.
    """
    rng = np.random.default_rng(1)
    batches = [[torch.from_numpy(b) for b in minibatches(len(theirs.X), BATCH, rng)] for _ in range(epochs)]
    a, b = ours(epochs), theirs(epochs, batches)
    if not np.allclose(a, b, rtol=0.02):
        raise RuntimeError(f"gradlab and PyTorch do not do the same work: their losses are {a} and {b}.")


def _where_overtaken(curves: dict[str, Iterable[Any]]) -> str:
    said = []
    for shape, line in curves.items():
        slower = [int(n) for n, _, ratio, _ in line if ratio < 1]
        said.append(
            f"With {shape} PyTorch overtakes by {slower[0]:,} parameters."
            if slower
            else f"With {shape} PyTorch does not overtake up to {max(int(n) for n, *_ in line):,} parameters."
        )
    return " ".join(said)
