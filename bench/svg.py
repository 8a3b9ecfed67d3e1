# SPDX-License-Identifier: GPL-3.0-or-later
"""Line charts with logarithmic axes as SVG files, and as PNG files where gdk-pixbuf-thumbnailer can draw them."""

import math
import pathlib
import shutil
import subprocess
import typing
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 1040, 560
LEFT, RIGHT, TOP, BOTTOM = 84, 330, 64, 64  # margins; the legend stands in the right one
# Okabe and Ito's, which the colour-blind tell apart too, and two more.
COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#333333", "#8c4b2f", "#6a3d9a"]


class Series(typing.NamedTuple):
    label: str
    points: list  # of (x, y) or (x, y, text beside the point)
    dashed: bool = False


class Axis:
    """Maps values to pixels, logarithmically; `start` and `end` are the pixels of the ends."""

    def __init__(self, values, start, end):
        low, high = math.log10(min(values)), math.log10(max(values))
        room = max(0.06 * (high - low), (math.log10(3) - high + low) / 2)  # less than a factor of 3 would have too few round values
        self.start, self.end, self.low, self.high = start, end, low - room, high + room

    def __call__(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Round values, five or more where the range has as many."""
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
            values = [digit * 10.0**decade for decade in decades for digit in digits]
            values = [value for value in values if self.low <= math.log10(value) <= self.high]
            if len(values) >= 5:
                break
        return values


def text(x, y, words, anchor="start", size=13, color="#333333", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{color}"{extra}>{escape(words)}</text>'


def line(x1, y1, x2, y2, color, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"/>'


def stroke(places, color, dashed):
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{corners}" fill="none" stroke="{color}" stroke-width="2.2" stroke-linejoin="round"{dashes}/>'


def dot(x, y, color):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}" stroke="#ffffff" stroke-width="1.2"/>'


def write_chart(path, title, x_label, y_label, series):
    """Writes `path`.svg and, if it can be drawn here, `path`.png."""
    points = [point for one in series for point in one.points]
    x = Axis([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = Axis([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="DejaVu Sans, Helvetica, Arial, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(LEFT, 34, title, size=17, color="#111111", extra=' font-weight="bold"'),
    ]
    for value in x.ticks():
        parts += [line(x(value), y.start, x(value), y.end, "#e6e6e6"), text(x(value), y.start + 20, f"{value:g}", "middle")]
    for value in y.ticks():
        parts += [line(x.start, y(value), x.end, y(value), "#e6e6e6"), text(x.start - 10, y(value) + 4.5, f"{value:g}", "end")]
    parts += [
        line(x.start, y.start, x.end, y.start, "#777777"),
        line(x.start, y.start, x.start, y.end, "#777777"),
        text((x.start + x.end) / 2, HEIGHT - 18, x_label, "middle", 14),
        text(0, 0, y_label, "middle", 14, extra=f' transform="translate(22 {(y.start + y.end) / 2:.1f}) rotate(-90)"'),
    ]
    for number, one in enumerate(series):
        color = COLORS[number % len(COLORS)]
        places = [(x(point[0]), y(point[1])) for point in one.points]
        parts.append(stroke(places, color, one.dashed))
        parts += [dot(*place, color) for place in places]
        for (px, py), point in zip(places, one.points):
            if len(point) > 2:
                anchor, shift = ("start", 8) if px < (x.start + x.end) / 2 else ("end", -8)
                parts.append(text(px + shift, py - 7, point[2], anchor, 11, color))
        row, column = TOP + 12 + 26 * number, WIDTH - RIGHT + 24
        parts += [stroke([(column, row), (column + 30, row)], color, one.dashed), dot(column + 15, row, color)]
        parts.append(text(column + 40, row + 4.5, one.label))
    file = pathlib.Path(path).with_suffix(".svg")
    file.write_text("\n".join(parts + ["</svg>", ""]), encoding="utf-8")
    if shutil.which("gdk-pixbuf-thumbnailer"):
        subprocess.run(["gdk-pixbuf-thumbnailer", "-s", str(2 * WIDTH), file, file.with_suffix(".png")], check=True)
