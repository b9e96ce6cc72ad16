# SPDX-License-Identifier: Apache-2.0
"""Ankle of two cranks and push rods: binding of c/ankle.h, and its setting."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from humanoid_control.drivers.errors import DriverError
from humanoid_control.native import load_library

_OUT_OF_REACH = -20


@dataclass(frozen=True)
class RodSettings:
    """One crank and its rod; lengths [m] in the shank frame whose origin is the ankle's cross.

    Attributes:
        axis: centre of the crank; its axis is parallel to y.
        foot: where the rod meets the foot, at zero joints.
        crank: length of the crank.
        length: length of the rod.
        branch: 1 or -1, which of the two ways to assemble crank and rod (see c/ankle.h).
    """

    axis: tuple[float, float, float]
    foot: tuple[float, float, float]
    crank: float
    length: float
    branch: int

    def __post_init__(self) -> None:
        for name in ('crank', 'length'):
            if getattr(self, name) <= 0:
                raise ValueError(f'{name} must be positive [m], got {getattr(self, name)}')
        if self.branch not in (1, -1):
            raise ValueError(f'branch must be 1 or -1, got {self.branch}')


class Rod(ctypes.Structure):
    """The C library's struct drv_rod."""

    _fields_ = [
        ('axis', ctypes.c_double * 3),
        ('foot', ctypes.c_double * 3),
        ('crank', ctypes.c_double),
        ('length', ctypes.c_double),
        ('branch', ctypes.c_double),
    ]

    @classmethod
    def of(cls, settings: RodSettings) -> Rod:
        """From the settings."""
        return cls(
            (ctypes.c_double * 3)(*settings.axis),
            (ctypes.c_double * 3)(*settings.foot),
            settings.crank,
            settings.length,
            settings.branch,
        )


class Ankle:
    """Joint angles (pitch, roll) to crank angles and back.

    Attributes:
        zero: crank angles (2,) at zero joints [rad].
    """

    def __init__(self, rods: tuple[RodSettings, RodSettings]):
        """Raises DriverError when the rods don't fit the zero posture."""
        self._library = load_library('drivers')
        doubles = ctypes.POINTER(ctypes.c_double)
        for name in ('drv_ankle_inverse', 'drv_ankle_forward'):
            function = getattr(self._library, name)
            function.argtypes = [ctypes.POINTER(Rod), doubles, doubles, doubles]
            function.restype = ctypes.c_int
        self._rods = (Rod * 2)(*(Rod.of(rod) for rod in rods))
        self._given, self._found, self._jacobian = ((ctypes.c_double * size)() for size in (2, 2, 4))
        self.zero, _ = self.cranks(0.0, 0.0)

    def cranks(self, pitch: float, roll: float) -> tuple[np.ndarray, np.ndarray]:
        """Crank angles (2,) [rad] and their Jacobian (2, 2) by pitch and roll.

        Raises DriverError when no crank angle fits.
        """
        return self._call(self._library.drv_ankle_inverse, (pitch, roll), (0.0, 0.0), 'cranks for the posture')

    def joints(self, angles: np.ndarray, guess: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Pitch and roll (2,) [rad] of the posture nearest to `guess`, and the Jacobian (2, 2) of `cranks` there.

        Raises DriverError when the search finds none.
        """
        start = (0.0, 0.0) if guess is None else guess
        return self._call(self._library.drv_ankle_forward, angles, start, 'posture for the cranks')

    def _call(self, function, given, start, what: str) -> tuple[np.ndarray, np.ndarray]:
        self._given[:] = given
        self._found[:] = start
        if function(self._rods, self._given, self._found, self._jacobian) == _OUT_OF_REACH:
            raise DriverError(f'ankle linkage: no {what} {list(given)} [rad]; rods too short, or branch wrong')
        return np.array(self._found[:]), np.array(self._jacobian[:]).reshape(2, 2)
