"""A drawn signature as one SVG path: checks the points and thins them; what was drawn stays in the sealed content."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MOST_POINTS = 400
"""Drawn on paper 40 mm wide, more points than this cannot be told apart."""
FLATNESS = 1 / 400
"""A point nearer than this part of the drawing's side to the line between its neighbours changes nothing to the eye."""
MOST_STROKES = 200
LARGEST_SIDE = 4000


@dataclass(frozen=True)
class Drawing:
    """`path` is SVG path data within the box `x y width height` of the ink (pen's margin included)."""

    path: str
    x: int
    y: int
    width: int
    height: int


def drawing(strokes: object, size: object) -> Drawing | None:
    """The path of strokes [[x, y, x, y, …], …] drawn on a canvas [width, height]; None when they are not such.

    Points outside the canvas are moved to its edge; too many are thinned evenly, first and last kept.
    """
    if not isinstance(size, (list, tuple)) or not _is_size(size):
        return None
    if not isinstance(strokes, (list, tuple)) or not 0 < len(strokes) <= MOST_STROKES:
        return None
    width, height = size
    lines = [_points(stroke, width, height) for stroke in strokes]
    if any(line is None for line in lines):
        return None
    drawn = [line for line in lines if line]
    if not drawn:
        return None
    kept = _thinned(drawn)
    xs, ys = [x for line in kept for x, _ in line], [y for line in kept for _, y in line]
    pen = max(2, round(max(max(xs) - min(xs), max(ys) - min(ys)) * 0.02))
    return Drawing(
        path="".join(map(_path, kept)),
        x=min(xs) - pen,
        y=min(ys) - pen,
        width=max(xs) - min(xs) + 2 * pen,
        height=max(ys) - min(ys) + 2 * pen,
    )


def _is_size(size: Sequence[Any]) -> bool:
    return len(size) == 2 and all(_is_number(side) and 0 < side <= LARGEST_SIDE for side in size)


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and value == value
        and abs(value) < 1e6
    )


def _points(stroke: object, width: float, height: float) -> list[tuple[int, int]] | None:
    if not isinstance(stroke, (list, tuple)) or len(stroke) % 2 or not all(map(_is_number, stroke)):
        return None
    pairs = zip(stroke[::2], stroke[1::2], strict=True)
    points = [(round(min(max(x, 0), width)), round(min(max(y, 0), height))) for x, y in pairs]
    return [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]


def _thinned(lines: Sequence[list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    step = -(-sum(map(len, lines)) // (8 * MOST_POINTS))
    if step > 1:
        lines = [line[:1] + line[step:-1:step] + line[-1:] if len(line) > 2 else line for line in lines]
    xs, ys = [x for line in lines for x, _ in line], [y for line in lines for _, y in line]
    near = max(max(xs) - min(xs), max(ys) - min(ys)) * FLATNESS
    kept = [_flattened(line, near) for line in lines]
    step = -(-sum(map(len, kept)) // MOST_POINTS)
    return [
        line[:1] + line[step:-1:step] + line[-1:] if step > 1 and len(line) > 2 else line for line in kept
    ]


def _flattened(line: list[tuple[int, int]], near: float) -> list[tuple[int, int]]:
    """The line without points that lie on it (Douglas and Peucker, without recursion)."""
    if len(line) < 3:
        return line
    kept, open_pieces = {0, len(line) - 1}, [(0, len(line) - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        (ax, ay), (bx, by) = line[first], line[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        far, where = near, 0
        for index in range(first + 1, last):
            x, y = line[index]
            if length:
                distance = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
            else:
                distance = ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
            if distance > far:
                far, where = distance, index
        if where:
            kept.add(where)
            open_pieces += [(first, where), (where, last)]
    return [line[index] for index in sorted(kept)]


def _path(line: list[tuple[int, int]]) -> str:
    """A dot for a tap; else a line through the points, drawn as curves between the middles of its pieces."""
    (x, y), *rest = line
    if not rest:
        return f"M{x} {y}h1"
    parts = [f"M{x} {y}"]
    for (x, y), (next_x, next_y) in pairwise(rest):
        parts.append(f"Q{x} {y} {(x + next_x) / 2:g} {(y + next_y) / 2:g}")
    parts.append(f"L{rest[-1][0]} {rest[-1][1]}")
    return "".join(parts)
