"""Checks of lesson 12: shifting surfaces."""

from gradlab.checks.lessons.shifting_surfaces.data import importance_weights, standardize_both
from gradlab.checks.lessons.shifting_surfaces.loss_slice import loss_slice
from gradlab.checks.lessons.shifting_surfaces.stratified_split import stratified_split
from gradlab.checks.lessons.shifting_surfaces.two_surfaces import generalization_gap, minimum_shift

EXERCISES = (
    minimum_shift,
    generalization_gap,
    stratified_split,
    standardize_both,
    importance_weights,
    loss_slice,
)
