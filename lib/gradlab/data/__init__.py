"""The data that the course learns from, and how it is split and dealt out. Nothing is ever downloaded."""

from gradlab.data.linear import LinearData, SparseData, linear_data, sparse_zipf
from gradlab.data.optical_digits import Digits, DigitSplit, digits, read_digits, split_digits
from gradlab.data.sampling import minibatches, stratified_split
from gradlab.data.shapes import Points, blobs, moons, spirals
from gradlab.data.shifts import BiasedSplit, Resample, biased_split, drift, resample
from gradlab.data.standardization import standardize

__all__ = [
    "BiasedSplit",
    "DigitSplit",
    "Digits",
    "LinearData",
    "Points",
    "Resample",
    "SparseData",
    "biased_split",
    "blobs",
    "digits",
    "drift",
    "linear_data",
    "minibatches",
    "moons",
    "read_digits",
    "resample",
    "sparse_zipf",
    "spirals",
    "split_digits",
    "standardize",
    "stratified_split",
]
