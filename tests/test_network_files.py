import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.network import MLP, load, save
from gradlab.normalization import BatchNormState

PLAIN = MLP((4, 5, 3))
NORMALISED = MLP((4, 5, 6, 2), "relu", "squared_error", dropout=0.25, batch_norm=True)


def start(network, runs=(), dtype=np.float32, seed=0):
    return network.init(np.random.default_rng(seed), runs=runs, dtype=dtype)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.npz"


@pytest.fixture(scope="module")
def saved_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "network.npz"
    save(path, NORMALISED, start(NORMALISED), NORMALISED.init_averages())
    return path.read_bytes()


@pytest.mark.parametrize("network", [PLAIN, NORMALISED, MLP((1, 1), "identity")])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("runs", [(), (3,), (2, 3)])
def test_what_is_loaded_is_what_was_saved(path, network, dtype, runs):
    params = start(network, runs, dtype)
    averages = tuple(
        BatchNormState(each.mean + 0.5, each.var * 2) for each in network.init_averages(runs, dtype=dtype)
    )
    save(path, network, params, averages)
    loaded = load(path, network)
    assert loaded.network == network
    assert loaded.params.dtype == dtype
    np.testing.assert_array_equal(loaded.params, params)
    for found, kept in zip(loaded.averages, averages, strict=True):
        assert found.mean.dtype == found.var.dtype == dtype
        np.testing.assert_array_equal(found.mean, kept.mean)
        np.testing.assert_array_equal(found.var, kept.var)


def test_a_loaded_network_predicts_the_same(path):
    X = np.random.default_rng(1).standard_normal((7, 4))
    save(str(path), PLAIN, start(PLAIN))
    network, params, averages = load(str(path))
    np.testing.assert_array_equal(network.logits(params, X, averages), PLAIN.logits(start(PLAIN), X))


def test_numpy_alone_can_read_the_file_and_pickle_is_not_needed(path):
    save(path, NORMALISED, start(NORMALISED), NORMALISED.init_averages())
    with np.load(path, allow_pickle=False) as archive:
        assert set(archive.files) == {"format", "network", "params", "mean1", "var1", "mean2", "var2"}
        architecture = json.loads(archive["network"].item())
    assert architecture == {
        "sizes": [4, 5, 6, 2], "activation": "relu", "criterion": "squared_error", "dropout": 0.25, "batch_norm": True,
    }  # fmt: skip


def test_the_same_network_gives_the_same_bytes(path, saved_bytes):
    save(path, NORMALISED, start(NORMALISED), NORMALISED.init_averages())
    assert path.read_bytes() == saved_bytes


def test_a_file_of_another_architecture_is_refused_by_name(path):
    save(path, PLAIN, start(PLAIN))
    with pytest.raises(
        ValueError, match=r"network\.npz holds MLP\(sizes=\(4, 5, 3\).*, not MLP\(sizes=\(64, 32"
    ):
        load(path, MLP())


@pytest.mark.parametrize(
    "content",
    [b"", b"not a network", b"PK\x03\x04", json.dumps({"sizes": [4, 5, 3]}).encode(), b"\x93NUMPY\x01\x00"],
)
def test_a_file_of_something_else_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"network\.npz is not the file of a network, or it is damaged"):
        load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "gradlab network 2"},
        {"format": 7},
        {"network": "{"},
        {"network": "[]"},
        {"network": '{"sizes": [4, 5, 3], "colour": "red"}'},
        {"network": '{"sizes": [4, 5, 4]}'},
        {"network": '{"sizes": [4, 5, 3], "batch_norm": true}', "params": np.zeros(53)},
        {
            "network": '{"sizes": [4, 5, 3], "batch_norm": true}',
            "params": np.zeros(53),
            "mean1": np.zeros(4),
            "var1": np.ones(4),
        },
        {"params": np.zeros(42)},
        {"params": np.zeros(43, int)},
        {"params": None},
    ],
)
def test_an_archive_that_is_not_of_a_network_is_refused(path, change):
    good = {"format": "gradlab network 1", "network": '{"sizes": [4, 5, 3]}', "params": np.zeros(43)}
    np.savez(path, **good)
    assert load(path).network == PLAIN
    np.savez(path, **{name: value for name, value in (good | change).items() if value is not None})
    with pytest.raises(ValueError, match=r"network\.npz is not the file of a network, or it is damaged"):
        load(path)


class Trap:
    def __reduce__(self):
        return print, ("executed",)


def test_nothing_in_a_file_is_executed(path, capsys):
    np.savez(path, format=np.array([Trap()], dtype=object))
    with pytest.raises(ValueError, match="is not the file of a network"):
        load(path)
    assert capsys.readouterr().out == ""


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_right_but_never_read_wrong(tmp_path_factory, saved_bytes, data):
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    damaged = bytearray(saved_bytes)
    if data.draw(st.booleans(), label="cut short"):
        del damaged[data.draw(st.integers(0, len(damaged) - 1)) :]
    else:
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(damaged))
    try:
        loaded = load(path)
    except ValueError:
        return
    assert loaded.network == NORMALISED
    np.testing.assert_array_equal(loaded.params, start(NORMALISED))


def test_a_file_that_is_not_there_is_reported_as_such(path):
    with pytest.raises(FileNotFoundError):
        load(path)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("network.txt", (PLAIN, start(PLAIN)), r"ends in \.npz, got 'network\.txt'"),
        ("network", (PLAIN, start(PLAIN)), r"ends in \.npz, got 'network'"),
        ("network.npz", (PLAIN, np.zeros(42)), r"params must have shape \(..., 43\)"),
        ("network.npz", (NORMALISED, start(NORMALISED)), r"each of the 2 normalised layers, .*got arrays of shapes \[\]"),
        ("network.npz", (NORMALISED, start(NORMALISED, runs=(3,)), NORMALISED.init_averages()), r"shapes \[\(3, 5\)"),
        ("network.npz", (PLAIN, start(PLAIN), NORMALISED.init_averages()), "each of the 0 normalised layers"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_refused_and_leaves_no_file(tmp_path, name, arguments, message):
    with pytest.raises(ValueError, match=message):
        save(tmp_path / name, *arguments)
    assert not list(tmp_path.iterdir())


def test_the_archive_is_a_plain_zip(path):
    save(path, PLAIN, start(PLAIN))
    assert zipfile.ZipFile(path).testzip() is None
