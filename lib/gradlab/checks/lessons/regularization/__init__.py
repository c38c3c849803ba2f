"""Checks of lesson 10: regularization."""

from gradlab.checks.lessons.regularization.dropout_backward import dropout_backward
from gradlab.checks.lessons.regularization.dropout_forward import dropout_forward
from gradlab.checks.lessons.regularization.early_stopping import early_stopping
from gradlab.checks.lessons.regularization.penalties import l1_penalty, l2_penalty
from gradlab.checks.lessons.regularization.soft_threshold import soft_threshold

EXERCISES = (early_stopping, l2_penalty, l1_penalty, soft_threshold, dropout_forward, dropout_backward)
