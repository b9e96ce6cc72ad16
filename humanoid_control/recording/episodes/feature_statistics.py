# SPDX-License-Identifier: Apache-2.0
"""Statistics of a data set's features, which policies are normalised with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

QUANTILES = {'q01': 0.01, 'q10': 0.1, 'q50': 0.5, 'q90': 0.9, 'q99': 0.99}

Statistics = dict[str, np.ndarray]


def statistics(rows: np.ndarray) -> Statistics:
    """min, max, mean, std and quantiles (entries,) and count (1,) of (frames, entries)."""
    rows = rows.astype(np.float64)
    found = {
        'min': rows.min(axis=0),
        'max': rows.max(axis=0),
        'mean': rows.mean(axis=0),
        'std': rows.std(axis=0),
        'count': np.array([len(rows)]),
    }
    return found | {name: np.quantile(rows, share, axis=0) for name, share in QUANTILES.items()}


def picture_statistics(pictures: Sequence[np.ndarray]) -> Statistics:
    """The same of pictures (height, width, 3), by colour in the range 0 to 1, each (3, 1, 1); count: pictures."""
    pixels = np.concatenate([picture.reshape(-1, 3) for picture in pictures])
    found = {name: (value / 255.0).reshape(3, 1, 1) for name, value in statistics(pixels).items() if name != 'count'}
    return found | {'count': np.array([len(pictures)])}


def merged(parts: Sequence[Statistics]) -> Statistics:
    """Statistics of all parts together; quantiles are means of the parts' quantiles, as LeRobot has them.

    Variance by Chan, Golub and LeVeque (1979): within the parts and between their means.
    """
    counts = np.array([part['count'][0] for part in parts], float)
    weights = counts / counts.sum()

    def mean(name: str) -> np.ndarray:
        return np.tensordot(weights, np.stack([part[name] for part in parts]), axes=1)

    centre = mean('mean')
    spread = np.stack([part['std'] ** 2 + (part['mean'] - centre) ** 2 for part in parts])
    return {
        'min': np.min([part['min'] for part in parts], axis=0),
        'max': np.max([part['max'] for part in parts], axis=0),
        'mean': centre,
        'std': np.sqrt(np.tensordot(weights, spread, axes=1)),
        'count': np.array([int(counts.sum())]),
        **{name: mean(name) for name in QUANTILES},
    }
