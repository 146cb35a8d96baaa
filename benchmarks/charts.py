"""Charts of seconds and of memory over families, log-log, as SVG.

Lines differ by shape of point and by dashes, so that they can be told apart without colour; each
is named beside its last point. A screen reader reads the title and the description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 540, 44, 466
LABEL_GAP = 15
COLOURS = ("#0b0c0c", "#1d70b8", "#b10e1e", "#00703c", "#4c2c92", "#8a4b00", "#505a5f")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "12 4")
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "plus", "ring", "box")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """Two titles of axes and the lines by name, the first one ours and drawn bold."""

    title: str
    across: str
    up: str
    lines: Mapping[str, Points]


class _Scale:
    """Whole decades along one axis, to positions in the picture."""

    def __init__(self, values: Sequence[float], start: float, stop: float) -> None:
        self.low, high = floor(log10(min(values))), ceil(log10(max(values)))
        self.high = max(high, self.low + 1)
        self.start, self.stop = start, stop

    def at(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)

    @property
    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def svg(chart: Chart) -> str:
    """The picture as a text; the same figures always give the same text."""
    points = [point for line in chart.lines.values() for point in line]
    across = _Scale([x for x, _ in points], LEFT, RIGHT)
    up = _Scale([y for _, y in points], BOTTOM, TOP)
    parts = [_head(chart), *_axes(chart, across, up)]
    ends: list[tuple[float, float, str, str]] = []
    for number, (name, line) in enumerate(chart.lines.items()):
        placed = [(across.at(x), up.at(y)) for x, y in sorted(line)]
        parts.append(_line(number, placed))
        ends.append((*placed[-1], name, COLOURS[number % len(COLOURS)]))
    parts += _labels(ends)
    return "\n".join([*parts, "</svg>\n"])


def _head(chart: Chart) -> str:
    told = "; ".join(
        f"{name}: " + ", ".join(f"{_short(y)} at {_short(x)}" for x, y in sorted(line))
        for name, line in chart.lines.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title desc" font-family="Arial, sans-serif" font-size="13">\n'
        f'<title id="title">{escape(chart.title)}</title>\n'
        f'<desc id="desc">{escape(f"{chart.up} by {chart.across}. {told}.")}</desc>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="bold">{escape(chart.title)}</text>'
    )


def _axes(chart: Chart, across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for value in up.decades:
        y = f"{up.at(value):.1f}"
        parts.append(f'<path d="M{LEFT} {y}H{RIGHT}" stroke="#b1b4b6"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y}" dy="4" text-anchor="end">{_short(value)}</text>'
        )
    for value in across.decades:
        x = f"{across.at(value):.1f}"
        parts.append(f'<path d="M{x} {TOP}V{BOTTOM}" stroke="#b1b4b6"/>')
        parts.append(f'<text x="{x}" y="{BOTTOM + 20}" text-anchor="middle">{_short(value)}</text>')
    middle = (TOP + BOTTOM) / 2
    parts.append(
        f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">'
        f"{escape(chart.across)}</text>"
    )
    parts.append(
        f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(chart.up)}</text>"
    )
    return parts


def _line(number: int, placed: Points) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    width = 3 if number == 0 else 1.6
    marks = "".join(_mark(SHAPES[number % len(SHAPES)], x, y) for x, y in placed)
    return (
        f'<g stroke="{colour}" fill="{colour}"><path d="{path}" fill="none" '
        f'stroke-width="{width}" stroke-dasharray="{dash}"/>{marks}</g>'
    )


def _mark(shape: str, x: float, y: float) -> str:
    if shape in ("circle", "ring"):
        inside = ' fill="#ffffff"' if shape == "ring" else ""
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"{inside}/>'
    drawn = {
        "square": "m-4-4h8v8h-8z",
        "box": "m-4-4h8v8h-8z",
        "triangle": "m0-5l5 9h-10z",
        "diamond": "m0-5l5 5l-5 5l-5-5z",
        "cross": "m-4-4l8 8m0-8l-8 8",
        "plus": "m-5 0h10m-5-5v10",
    }[shape]
    inside = ' fill="#ffffff"' if shape == "box" else ""
    return f'<path d="M{x:.1f} {y:.1f}{drawn}"{inside}/>'


def _labels(ends: Sequence[tuple[float, float, str, str]]) -> list[str]:
    """Names at the right, moved apart where they would lie on each other, with a line to each."""
    parts, lowest = [], -1e9
    ranked = sorted(ends, key=lambda end: end[1])
    over = lowest
    spots = []
    for _, y, _, _ in ranked:
        over = max(y, over + LABEL_GAP)
        spots.append(over)
    shift = max(0.0, spots[-1] - BOTTOM)
    for (x, y, name, colour), spot in zip(ranked, spots, strict=True):
        to = spot - shift if spot - shift >= TOP else spot
        parts.append(
            f'<path d="M{x + 6:.1f} {y:.1f}L{RIGHT + 14} {to:.1f}" stroke="{colour}" '
            'stroke-width="0.6" fill="none"/>'
        )
        parts.append(
            f'<text x="{RIGHT + 18}" y="{to:.1f}" dy="4" fill="{colour}">{escape(name)}</text>'
        )
    return parts


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
