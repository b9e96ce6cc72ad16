# SPDX-License-Identifier: Apache-2.0
"""A hand that follows its command like a spring and meets a pin: just enough world for the skills' logic."""
from __future__ import annotations

import numpy as np
import pytest

from humanoid_control.work.hand import Hand
from humanoid_control.work.hand_observer import HandObservation

STIFFNESS = 500.0    # [N/m]
PERIOD = 0.01        # [s]
CONTACT = 20_000.0   # [N/m] of the parts


class FixedTare:
    """Stands in for the observer: tare is zero because the spring hand weighs nothing."""

    def tare(self) -> None:
        """Nothing to do."""


class HandOnSprings:
    """World of one hand holding a nut over one pin.

    The nut's lower face rests on the pin tip unless its centre is within `catch` of the axis, then on the seat,
    or on `jam_height` over the seat.
    """

    def __init__(self, axis=(0.0, 0.0), seat=0.0, pin_height=0.02, catch=0.0015, jam_height=0.0, touch_force_at=None):
        self.hand = Hand('l', FixedTare(), PERIOD)
        self.axis, self.seat, self.pin_height, self.catch, self.jam = np.array(axis), seat, pin_height, catch, jam_height
        self.opening = 0.012
        self._touch_force_at = touch_force_at
        self._position = np.array([axis[0], axis[1], seat + 0.05])
        self._observe(np.zeros(3), 0.0)
        self.hand.command(self._position, np.eye(3))

    def step(self) -> None:
        """One control period: the hand moves most of the way to its target, the parts push back."""
        target = self.hand.target_position
        before = self._position.copy()
        free = before + 0.6 * (target - before)
        floor = self._floor(free[:2])
        force = 0.0
        if free[2] < floor:
            # spring of the hand against the stiff part, in balance
            free[2] = (STIFFNESS * target[2] + CONTACT * floor) / (STIFFNESS + CONTACT) if target[2] < floor else floor
            force = max(STIFFNESS * (free[2] - target[2]), 0.0)
        if self._touch_force_at is not None and free[2] < self._touch_force_at:
            force = 50.0
        self._position = free
        self.hand.time += PERIOD
        self._observe((free - before) / PERIOD, force)

    def run(self, skill, limit=100.0):
        """Run a skill to its end and return its value; fails when it takes longer than `limit` [s]."""
        while True:
            try:
                next(skill)
            except StopIteration as end:
                return end.value
            self.step()
            if self.hand.time > limit:
                raise TimeoutError(f'skill still runs after {limit} s')

    def _floor(self, xy: np.ndarray) -> float:
        caught = np.linalg.norm(xy - self.axis) < self.catch or self._position[2] < self.seat + self.pin_height - 0.002
        return self.seat + self.jam if caught else self.seat + self.pin_height

    def _observe(self, velocity: np.ndarray, force: float) -> None:
        self.hand.observation = HandObservation(self._position.copy(), np.eye(3), velocity, np.array([0, 0, force]), self.opening)


@pytest.fixture(scope='session')
def springs() -> type[HandOnSprings]:
    """Class of the world; make one a test."""
    return HandOnSprings
