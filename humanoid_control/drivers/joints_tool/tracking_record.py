# SPDX-License-Identifier: Apache-2.0
"""What a sine-tracking test measured, as numbers and as a CSV file."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from humanoid_control.drivers.errors import DriverError

COLUMNS = ('time', 'target', 'position', 'velocity', 'torque')


@dataclass(frozen=True)
class TrackingRecord:
    """Samples of one motor following a sine.

    Attributes:
        rows: (n, 5), time [s], target [rad], position [rad], velocity [rad/s], torque [N m].
        label: motor, where, gains.
        frequency: of the sine [Hz].
    """

    label: str
    frequency: float
    rows: np.ndarray

    @property
    def gains(self) -> str:
        """Gains of the drive in words."""
        return self.label.partition(', ')[2]

    @property
    def rms_error(self) -> float:
        """Root mean square of position - target over the second half, when the start is forgotten [rad]."""
        half = self.rows[len(self.rows) // 2 :]
        return float(np.sqrt(np.mean((half[:, 2] - half[:, 1]) ** 2)))

    @property
    def gain_and_lag(self) -> tuple[float, float]:
        """Amplitude of position over that of the target, and how far it is behind [rad], at the sine's frequency.

        From least-squares sines through the second half.
        """
        half = self.rows[len(self.rows) // 2 :]
        angle = 2 * math.pi * self.frequency * half[:, 0]
        basis = np.stack([np.sin(angle), np.cos(angle), np.ones(len(angle))], axis=1)
        target, position = (np.linalg.lstsq(basis, half[:, column], rcond=None)[0] for column in (1, 2))
        lag = math.remainder(math.atan2(target[1], target[0]) - math.atan2(position[1], position[0]), 2 * math.pi)
        return float(np.hypot(*position[:2]) / np.hypot(*target[:2])), lag

    @property
    def summary(self) -> str:
        """One line."""
        gain, lag = self.gain_and_lag
        return (
            f'{self.label}: rms error {self.rms_error * 1e3:.2f} mrad, gain {gain:.3f}, '
            f'lag {math.degrees(lag):.1f} deg ({lag / (2 * math.pi * self.frequency) * 1e3:.1f} ms), '
            f'torque up to {np.abs(self.rows[:, 4]).max():.2f} N m'
        )

    def write(self, path: str | Path) -> None:
        """Write a CSV file; the label and frequency stand in its first line. DriverError when that fails."""
        try:
            with open(path, 'w', newline='', encoding='utf-8') as file:
                writer = csv.writer(file)
                writer.writerow(['#', self.label, self.frequency])
                writer.writerow(COLUMNS)
                writer.writerows([f'{value:.6g}' for value in row] for row in self.rows)
        except OSError as error:
            raise DriverError(f'{path}: cannot be written: {error.strerror}') from error

    @classmethod
    def read(cls, path: str | Path) -> TrackingRecord:
        """Read a CSV file; DriverError that names it when it isn't one of ours."""
        try:
            with open(path, newline='', encoding='utf-8') as file:
                head, columns, *rows = csv.reader(file)
            mark, label, frequency = head
            if mark != '#' or tuple(columns) != COLUMNS or len(rows) < 4:
                raise ValueError('not written by `joints track`')
            return cls(label, float(frequency), np.array(rows, dtype=float))
        except OSError as error:
            raise DriverError(f'{path}: cannot be read: {error.strerror}') from error
        except ValueError as error:
            raise DriverError(f'{path}: is no record of a tracking test: {error}') from error
