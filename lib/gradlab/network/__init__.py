"""A multilayer perceptron whose parameters are one flat array, so that an update rule sees a single vector.

Leading axes of the parameters are independent runs (seeds, learning rates): a network trained from five seeds
is one array of shape (5, n_params), and every method handles all five in one call.

>>> import numpy as np
>>> network = MLP((2, 3, 2))
>>> params = network.init(np.random.default_rng(0), runs=5)
>>> loss, gradient = network.loss_and_gradient(params, np.ones((4, 2)), [0, 1, 1, 0])
>>> loss.shape, gradient.shape
((5,), (5, 17))
"""

from gradlab.network.architecture import Initializer
from gradlab.network.files import Saved, load, save
from gradlab.network.mlp import MLP, Evaluation
from gradlab.network.propagation import Averages, Forward

__all__ = ["MLP", "Averages", "Evaluation", "Forward", "Initializer", "Saved", "load", "save"]
