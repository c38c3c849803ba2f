"""Train networks: `fit` walks a network down its loss, in mini-batches, many runs at once.

`MeteredGradient` is for loops of your own: it counts what they ask for.

>>> import numpy as np
>>> from gradlab.network import MLP
>>> from gradlab.optimizers import gradient_descent
>>> network, X, y = MLP((1, 1), criterion="squared_error"), np.array([[-1.0], [1.0]]), np.array([1.0, 5.0])
>>> line = fit(network, np.zeros(2), X, y, gradient_descent, epochs=50, batch_size=2,
...            rng=np.random.default_rng(0), lr=0.1)
>>> line.params.round(3)
array([2., 3.])
"""

from gradlab.training.history import History
from gradlab.training.loop import fit
from gradlab.training.metered import BudgetSpent, MeteredGradient

__all__ = ["BudgetSpent", "History", "MeteredGradient", "fit"]
