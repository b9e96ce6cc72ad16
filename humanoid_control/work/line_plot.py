# SPDX-License-Identifier: Apache-2.0
"""Line plots as SVG text."""
from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 760, 230               # [px]
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 30, 40
COLOURS = ('#e8590c', '#1971c2', '#2f9e44', '#862e9c', '#495057')
LEGEND_STEP = 130                      # [px]


def line_plot(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], x_label: str, y_label: str) -> str:
    """SVG of named lines (x values, y values) over common axes with round ticks; a sentence when there is nothing to draw."""
    xs = [x for x_values, _ in lines.values() for x in x_values]
    ys = [y for _, y_values in lines.values() for y in y_values]
    if not xs:
        return '<p class="small">Nothing was recorded.</p>'
    x_ticks, y_ticks = ticks(min(xs), max(xs), 8), ticks(min(ys), max(ys), 4)
    x0, x1 = min(min(xs), x_ticks[0]), max(max(xs), x_ticks[-1])
    y0, y1 = min(min(ys), y_ticks[0]), max(max(ys), y_ticks[-1])

    def across(x: float) -> float:
        return LEFT + (x - x0) / ((x1 - x0) or 1.0) * (WIDTH - LEFT - RIGHT)

    def up(y: float) -> float:
        return HEIGHT - BOTTOM - (y - y0) / ((y1 - y0) or 1.0) * (HEIGHT - TOP - BOTTOM)

    body = []
    for x in x_ticks:
        body.append(_line(across(x), TOP, across(x), HEIGHT - BOTTOM) + _text(across(x), HEIGHT - BOTTOM + 15, 'middle', f'{x:.6g}'))
    for y in y_ticks:
        body.append(_line(LEFT, up(y), WIDTH - RIGHT, up(y)) + _text(LEFT - 6, up(y) + 4, 'end', f'{y:.6g}'))
    body.append(_text(WIDTH - RIGHT, HEIGHT - 8, 'end', x_label) + _text(LEFT - 6, TOP - 12, 'end', y_label))
    for index, (name, (x_values, y_values)) in enumerate(lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        points = ' '.join(f'{across(x):.1f},{up(y):.1f}' for x, y in zip(x_values, y_values))
        body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(x_values) <= 40:
            body += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="2.5" fill="{colour}"/>' for x, y in zip(x_values, y_values)]
        body.append(_text(LEFT + LEGEND_STEP * index, TOP - 12, 'start', name, colour))
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{"".join(body)}</svg>'


def ticks(low: float, high: float, most: int) -> list[float]:
    """About `most` multiples of 1, 2 or 5 times a power of ten that span from low to high; at least two."""
    room = (high - low) or max(abs(high), 1.0)
    rough = room / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * (1.0 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, max(last, first + 1) + 1)]


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dee2e6"/>'


def _text(x: float, y: float, anchor: str, text: str, colour: str = '#495057') -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{colour}">{html.escape(text)}</text>'
