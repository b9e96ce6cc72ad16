# SPDX-License-Identifier: Apache-2.0
"""Tracking records drawn over one another, as an SVG file that any browser shows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.joints_tool.tracking_record import TrackingRecord

WIDTH, PANEL, MARGIN = 900, 220, 60
COLOURS = ('#1f6fb4', '#d1495b', '#3a9d5d', '#8a5fbf')
FONT = 'font-family="sans-serif" font-size="12"'
PANELS = ((2, 'position [rad]'), (4, 'torque [N m]'))


def write_plot(path: str | Path, records: Sequence[TrackingRecord]) -> None:
    """Draw position (with the target dashed) and torque over time. DriverError when the file cannot be written."""
    legend = MARGIN + 20 * len(records)
    height = legend + len(PANELS) * (PANEL + 40)
    end = max(record.rows[-1, 0] for record in records)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        '<text x="10" y="22" font-size="15">Sine tracking</text>',
    ]
    for index, record in enumerate(records):
        colour = COLOURS[index % len(COLOURS)]
        parts.append(f'<text x="10" y="{44 + 20 * index}" fill="{colour}">{html.escape(record.summary)}</text>')
    for panel, (column, title) in enumerate(PANELS):
        parts += _panel(records, column, title, legend + panel * (PANEL + 40), end)
    parts.append('</svg>')
    try:
        Path(path).write_text('\n'.join(parts), encoding='utf-8')
    except OSError as error:
        raise DriverError(f'{path}: cannot be written: {error.strerror}') from error


def _panel(records: Sequence[TrackingRecord], column: int, title: str, top: int, end: float) -> list[str]:
    values = np.concatenate([record.rows[:, column] for record in records])
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        low, high = low - 1.0, high + 1.0

    def line(times: np.ndarray, heights: np.ndarray, style: str) -> str:
        x = MARGIN + times / end * (WIDTH - MARGIN - 20)
        y = top + PANEL - np.clip((heights - low) / (high - low), -0.1, 1.1) * PANEL
        points = ' '.join(f'{a:.1f},{b:.1f}' for a, b in zip(x, y))
        return f'<polyline points="{points}" fill="none" {style}/>'

    parts = [
        f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - MARGIN - 20}" height="{PANEL}" fill="none" stroke="#bbb"/>',
        f'<text x="{MARGIN}" y="{top - 6}">{title}</text>',
        f'<text x="{MARGIN - 6}" y="{top + 10}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{MARGIN - 6}" y="{top + PANEL}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{WIDTH - 20}" y="{top + PANEL + 16}" text-anchor="end">{end:.2f} s</text>',
    ]
    if column == 2:
        first = records[0].rows
        parts.append(line(first[:, 0], first[:, 1], 'stroke="#888" stroke-dasharray="5 4"'))
    for index, record in enumerate(records):
        parts.append(
            line(
                record.rows[:, 0],
                record.rows[:, column],
                f'stroke="{COLOURS[index % len(COLOURS)]}" stroke-width="1.5"',
            )
        )
    return parts
