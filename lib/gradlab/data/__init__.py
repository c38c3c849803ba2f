"""The data that the course learns from, and how it is split and dealt out. Nothing is ever downloaded."""

from gradlab.data.optical_digits import Digits, digits, read_digits
from gradlab.data.sampling import minibatches, stratified_split

__all__ = ["Digits", "digits", "minibatches", "read_digits", "stratified_split"]
