import numpy as np
import pytest

from gradlab.tables import table


def test_text_lines_up_names_to_the_left_and_numbers_to_the_right():
    shown = repr(table(["rule", "steps"], [["gradient descent", 41], ["momentum", 7]], caption="Both"))
    assert shown.splitlines() == [
        "Both",
        "rule              steps",
        "gradient descent     41",
        "momentum              7",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (np.float64(2.0), "2"),
        (1e-9, "1e-09"),
        (np.int64(7), "7"),
        (12345678, "12345678"),
        ("0.90", "0.90"),
        (None, "None"),
        (np.nan, "nan"),
    ],
)
def test_floats_are_shown_with_four_digits_and_all_else_as_it_is(value, shown):
    assert table(["x"], [[value]]).rows == ((shown,),)


def test_html_shows_header_rows_and_caption_as_text_whatever_they_hold():
    html = table(["<a>", "b & c"], [["<script>", 1], ["x", 2]], caption='"<i>"')._repr_html_()
    assert html.count("<tr") == 3
    assert "&lt;a&gt;" in html and "b &amp; c" in html and "&lt;script&gt;" in html and "&lt;i&gt;" in html
    assert "<script>" not in html and "<i>" not in html


def test_a_table_may_have_no_rows():
    assert repr(table(["a", "b"], [])) == "a  b"
    assert table(["a", "b"], [])._repr_html_().count("<tr") == 1


@pytest.mark.parametrize("row", [[1], [1, 2, 3]])
def test_a_row_of_another_length_than_the_header_is_refused(row):
    with pytest.raises(ValueError, match=r"Every row needs 2 cells, one for each column; got \[1"):
        table(["a", "b"], [[1, 2], row])
