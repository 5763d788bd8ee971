"""A drawn signature as one path."""

import pytest

from app.domain.strokes import MOST_POINTS, drawing


@pytest.mark.parametrize(
    "strokes, size",
    [
        (None, [100, 50]),
        ([], [100, 50]),
        ([[1, 2, 3]], [100, 50]),
        ([["1", "2"]], [100, 50]),
        ([[float("nan"), 1]], [100, 50]),
        ([[True, False]], [100, 50]),
        ([[1, 2]], [0, 50]),
        ([[1, 2]], [100, 1e9]),
        ([[1, 2]], "100x50"),
        ([[1, 2]] * 201, [100, 50]),
        ([[]], [100, 50]),
    ],
)
def test_what_is_no_drawing_is_refused(strokes, size):
    assert drawing(strokes, size) is None


def test_a_stroke_becomes_a_curve_within_its_box():
    drawn = drawing([[10, 20, 30, 40, 60, 20]], [100, 50])
    assert drawn.path.startswith("M10 20Q")
    assert drawn.path.endswith("L60 20")
    assert (drawn.x, drawn.y, drawn.width, drawn.height) == (8, 18, 54, 24)


def test_a_tap_is_a_dot():
    assert drawing([[5, 5]], [10, 10]).path == "M5 5h1"


def test_points_outside_the_canvas_are_moved_to_its_edge():
    assert drawing([[-50, 5, 500, 5]], [100, 50]).path == "M0 5L100 5"


def test_points_on_a_line_are_left_out():
    assert drawing([[n for x in range(100) for n in (x, x)]], [100, 100]).path == "M0 0L99 99"


def test_the_number_of_points_is_capped():
    scribble = [n for i in range(20_000) for n in (i * 7919 % 4000, i * 104_729 % 4000)]
    drawn = drawing([scribble], [4000, 4000])
    assert drawn.path.count("Q") <= MOST_POINTS + 2


def test_the_path_holds_nothing_but_numbers_and_commands():
    drawn = drawing([[1.4, 2.6, 30.2, 4.9, 8, 9]], [100, 50])
    assert set(drawn.path) <= set("MQLh0123456789. ")
