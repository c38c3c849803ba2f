"""The one place where update rules are fast: the library's own, written once more in place.

`gradlab.optimizers` says what a rule *is*; this package only takes the same steps with less work:

- `stepper`: a `Stepper` checks its hyper-parameters once instead of in every step, and walks large arrays in blocks, so
  that a block is still in the processor's caches when the next operation wants it
- `updates`: the rules, each as the list of its operations, which overwrite arrays instead of making new ones
- `blas`: what a large step of gradient descent is made of, in one pass where NumPy needs two
- `storage`: arrays that begin with a cache line, in the order in which they are worked on
- `threads`: the blocks of very large arrays are shared out among the cores

Gradient descent, momentum and Nesterov's momentum do the operations of the pure rule on the same numbers in the same
order: what comes out is the same to the last bit, but for gradient descent on more than 1 MiB, where BLAS rounds
w - lr g once and says nothing of an overflow. The normalised gradient adds up the squares of the norm in another order,
AdaGrad multiplies by the rate last, and RMSProp, Adam and AdamW fold their corrections into the rate and eps, which
rounds differently: 200 steps agree to 1e-12 in float64 and 1e-6 in float32. The sums of squares of the last three are
not multiplied by 1 - beta2, so they overflow earlier, for gradients beyond 1e17 in float32 and 1e152 in float64.

>>> import numpy as np
>>> from gradlab.optimizers import momentum
>>> walker = stepper(momentum, np.array([1.0]), {"lr": 0.1, "rho": 0.5})
>>> for _ in range(2):
...     walker.step(np.array([2.0]))
>>> walker.params, walker.state
(array([0.5]), MomentumState(velocity=array([3.])))
"""

from gradlab.in_place.stepper import Stepper, stepper

__all__ = ["Stepper", "stepper"]
