"""`exponential_decay`: the same share lost in every epoch."""

from collections.abc import Iterator

import numpy as np

from gradlab import schedules
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept


def _decay(epoch, lr, gamma=0.95):
    return schedules.exponential_decay(epoch, lr=lr, gamma=gamma)


def _hyper(rng: np.random.Generator) -> tuple[float, float]:
    return round(rng.uniform(0.2, 0.9), 2), round(rng.uniform(0.6, 0.9), 2)


def _single(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, gamma = _hyper(rng)
    for epoch in (0, 1, 2, 7):
        yield Sight(f"In epoch {epoch}, with gamma = {gamma:g},", "the rate", rate(epoch, lr, gamma))
    yield Sight("In epoch 3, with gamma = 0.3,", "the rate", rate(3, lr, 0.3))
    yield Sight("In epoch 4, with gamma left out,", "the rate", rate(4, lr))


def _many_epochs(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, gamma = _hyper(rng)
    yield Sight("For an array of epochs", "the rates", rate(np.arange(10), lr, gamma))
    yield Sight("For epochs of shape (2, 3)", "the rates", rate(np.arange(6).reshape(2, 3), lr, gamma))


exponential_decay = Exercise(
    name="exponential_decay",
    lesson="09-schedules",
    returns=("the rate",),
    reference=_decay,
    aspects=(
        Aspect("single epochs", 2, _single),
        Aspect("many epochs at once", 1, _many_epochs),
        arguments_kept(lambda rng: {"epoch": np.arange(6.0), "lr": 0.8, "gamma": 0.9}),
    ),
    hints=(
        "With gamma = 0.5 the rate is halved in every epoch. What is left after 1, 2 and 3 of them?",
        "The rate has been multiplied by gamma once for every epoch so far: that is a power of gamma.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    exponential_decay.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Multiplied, not raised to a power",
    "You multiply gamma by the epoch. That grows with the epoch, and epoch 0 has a rate of 0.",
    "After two epochs the rate has been multiplied by gamma twice. How is that written?",
    lambda epoch, lr, gamma=0.95: lr * gamma * np.asarray(epoch),
)
_mistake(
    "A straight line",
    "You take the same amount away in every epoch. The rate becomes zero, and then negative.",
    "Is it the same amount that is lost in every epoch, or the same share?",
    lambda epoch, lr, gamma=0.95: lr * (1 - (1 - gamma) * np.asarray(epoch)),
)
_mistake(
    "A straight line",
    "You take gamma away in every epoch. The rate becomes zero, and then negative.",
    "Is it the same amount that is lost in every epoch, or the same share?",
    lambda epoch, lr, gamma=0.95: lr * (1 - gamma * np.asarray(epoch)),
)
_mistake(
    "gamma read as a speed",
    "You use exp(-gamma * epoch). There, a larger gamma decays faster; here gamma is the share that is *left* after an epoch.",
    "With gamma = 0.9, what is the rate in epoch 1?",
    lambda epoch, lr, gamma=0.95: lr * np.exp(-gamma * np.asarray(epoch)),
)
_mistake(
    "gamma read as a loss",
    "You read gamma as the share that is lost in an epoch. It is the share that is kept.",
    "With gamma = 0.9, is the rate of epoch 1 nearly the old one or a tenth of it?",
    lambda epoch, lr, gamma=0.95: lr * (1 - gamma) ** np.asarray(epoch),
)
_mistake(
    "Divided by time",
    "You divide by 1 + gamma * epoch: that is inverse-time decay, which falls fast at first and then hardly at all.",
    "Which share is lost from epoch 9 to epoch 10? It should be the same as from 0 to 1.",
    lambda epoch, lr, gamma=0.95: lr / (1 + gamma * np.asarray(epoch)),
)
_mistake(
    "One epoch ahead",
    "Your rate has been decayed before the first epoch.",
    "What is the rate in epoch 0?",
    lambda epoch, lr, gamma=0.95: lr * gamma ** (np.asarray(epoch) + 1),
)
_mistake(
    "One epoch behind",
    "Your rate is decayed one epoch too late.",
    "What is the rate in epoch 1?",
    lambda epoch, lr, gamma=0.95: lr * gamma ** np.maximum(np.asarray(epoch) - 1.0, 0),
)
_mistake(
    "Growing",
    "Your rate grows: you divide by the power, or the exponent has a minus sign.",
    "gamma is below 1. What makes the rate smaller?",
    lambda epoch, lr, gamma=0.95: lr / gamma ** np.asarray(epoch),
)
_mistake(
    "The rate is inside the power",
    "You raise lr to the power as well.",
    "What does the exponent belong to: lr * gamma, or gamma alone?",
    lambda epoch, lr, gamma=0.95: (lr * gamma) ** np.asarray(epoch),
)
_mistake(
    "Base and exponent swapped",
    "You raise the epoch to the power gamma.",
    "Which of the two is multiplied by itself?",
    lambda epoch, lr, gamma=0.95: lr * np.asarray(epoch) ** gamma,
)
_mistake(
    "Compounded over the epochs",
    "You apply the decay of every epoch so far on top of each other, so the rate dies far too early.",
    "The formula gives the rate of an epoch from lr alone. Do you change lr on the way?",
    lambda epoch, lr, gamma=0.95: lr * gamma ** (np.asarray(epoch) * (np.asarray(epoch) + 1) / 2),
)
_mistake(
    "lr is left out",
    "Your answer is the share that is left; the rate itself does not appear.",
    "What is the rate in epoch 0?",
    lambda epoch, lr, gamma=0.95: gamma ** np.asarray(epoch),
)
_mistake(
    "gamma is fixed",
    "A number of your own stands where gamma belongs.",
    "Which name should stand where you wrote the number?",
    lambda epoch, lr, gamma=0.95: lr * 0.95 ** np.asarray(epoch),
)
