"""Checks of lesson 11: batch normalization."""

from gradlab.checks.lessons.batch_normalization.batchnorm_backward import batchnorm_backward
from gradlab.checks.lessons.batch_normalization.batchnorm_forward import batchnorm_forward
from gradlab.checks.lessons.batch_normalization.batchnorm_inference import batchnorm_inference

EXERCISES = (batchnorm_forward, batchnorm_inference, batchnorm_backward)
