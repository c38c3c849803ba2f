"""The state of a generator crosses the wall, and a state that is none is refused in the words of the protocol."""

import numpy as np
import pytest

from autograder.inside.generators import generator_state, set_generator_state
from autograder.inside.wire import ProtocolError


def test_a_generator_goes_on_where_another_is():
    ahead, behind = np.random.default_rng(3), np.random.default_rng(4)
    ahead.integers(10, size=3, dtype=np.uint32)  # leaves half of a word for the next one
    set_generator_state(behind, generator_state(ahead))
    np.testing.assert_array_equal(
        behind.integers(10, size=5, dtype=np.uint32), ahead.integers(10, size=5, dtype=np.uint32)
    )
    assert behind.random() == ahead.random()


@pytest.mark.parametrize(
    "state",
    [
        [], ["1", "1", 0], ["1", "1", 0, 0, 0], [1, "1", 0, 0], ["", "1", 0, 0], ["1", "g", 0, 0], ["1", "-1", 0, 0],
        ["0" * 33, "1", 0, 0], ["f" * 33, "1", 0, 0], ["1_0", "1", 0, 0], [" 1", "1", 0, 0], ["1", "1", -1, 0], ["1", "1", 0, 2**32], ["1", "1", True, 0], ["1", "1", 0.0, 0], ["1", "\N{ARABIC-INDIC DIGIT ONE}g", 0, 0],
    ],
    ids=str,
)  # fmt: skip
def test_a_state_that_is_none_is_refused_and_changes_nothing(state):
    rng = np.random.default_rng(5)
    before = generator_state(rng)
    with pytest.raises(ProtocolError, match="malformed"):
        set_generator_state(rng, state)
    assert generator_state(rng) == before
