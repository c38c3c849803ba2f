"""Checks of lesson 01: gradient descent."""

from gradlab.checks.lessons.gradient_descent.gradient_descent import gradient_descent
from gradlab.checks.lessons.gradient_descent.minibatches import minibatches
from gradlab.checks.lessons.gradient_descent.mse_gradient import mse_gradient
from gradlab.checks.lessons.gradient_descent.mse_loss import mse_loss
from gradlab.checks.lessons.gradient_descent.numerical_gradient import numerical_gradient
from gradlab.checks.lessons.gradient_descent.sgd_epoch import sgd_epoch

EXERCISES = (mse_loss, mse_gradient, numerical_gradient, gradient_descent, minibatches, sgd_epoch)
