# SPDX-License-Identifier: Apache-2.0
"""One hand as a skill sees it: what it observes and what it is told."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pinocchio as pin

from humanoid_control.work.hand_observer import HandObservation, HandObserver

Steps = Iterator[None]


class Hand:
    """Observation and command of one hand; skills step it at the control rate.

    A skill is a generator: it sets the command, yields once a control period, and reads the observation of the
    next period. Poses are in odom.

    Attributes:
        side: 'l' or 'r'.
        observation: newest observation; None before the first sample.
        period: control period [s].
        time: time of the newest sample [s], on a clock that stands still while the work pauses.
        idle: how long the work has paused [s].
        target_position [m] (3,), target_rotation (3, 3): commanded pose; None before the first command and at rest.
        target_opening: commanded half opening [m], None until the first command.
    """

    def __init__(self, side: str, observer: HandObserver, period: float):
        self.side = side
        self.period = period
        self.time = self.idle = 0.0
        self.observation: HandObservation | None = None
        self.target_position: np.ndarray | None = None
        self.target_rotation: np.ndarray | None = None
        self.target_opening: float | None = None
        self._observer = observer

    def observe(self, time: float, names, positions, base: pin.SE3, wrist_force: np.ndarray) -> None:
        """Take one sample; see HandObserver.update."""
        self.time = time - self.idle
        self.observation = self._observer.update(time, names, positions, base, wrist_force)

    def tare(self) -> None:
        """Take the present wrist force as the weight of gripper and load."""
        self._observer.tare()

    def hold(self) -> None:
        """Command the pose where the hand is now."""
        self.command(self.observation.position.copy(), self.observation.rotation.copy())

    def rest(self) -> None:
        """Command nothing: the kinematics keeps the hand where it was told last, relative to the feet."""
        self.target_position = self.target_rotation = None

    def command(self, position: np.ndarray, rotation: np.ndarray | None = None) -> None:
        """Set the commanded pose [m]; without a rotation the last one stays."""
        self.target_position = np.asarray(position, float)
        if rotation is not None:
            self.target_rotation = np.asarray(rotation, float)

    def press(self, xy: np.ndarray, force: float, stiffness: float, speed: float, rotation: np.ndarray) -> None:
        """Command a point below the measured hand so that the hand's stiffness makes a downward force.

        Args:
            xy: commanded place [m], shape (2,).
            force: [N]; stiffness: of the hand task [N/m].
            speed: fastest descent of the commanded point [m/s].
            rotation: commanded axes (3, 3).
        """
        below = self.observation.position[2] - force / stiffness
        self.command(np.array([xy[0], xy[1], max(below, self.target_position[2] - speed * self.period)]), rotation)

    def wait(self, duration: float) -> Steps:
        """Let time pass [s]."""
        end = self.time + duration - self.period / 2
        while self.time < end:
            yield

    def move(self, position: np.ndarray, speed: float, rotation: np.ndarray | None = None,
             settle: float = 0.0, tolerance: float = 0.002) -> Steps:
        """Move the commanded pose on a straight line, at rest at both ends.

        Args:
            position: goal [m], shape (3,).
            speed: largest speed of the commanded point [m/s].
            rotation: goal axes (3, 3); turns evenly on the way.
            settle: wait at most this long [s] at the goal for the measured hand to arrive ...
            tolerance: ... within this distance [m].
        """
        if self.target_position is None:
            self.hold()
        start, start_rotation = self.target_position.copy(), self.target_rotation.copy()
        goal = np.asarray(position, float)
        turn = np.zeros(3) if rotation is None else pin.log3(start_rotation.T @ rotation)
        # smoothstep 3 a^2 - 2 a^3 peaks at 1.5 times the mean speed; 1 rad counts as 0.3 m
        duration = 1.5 * max(np.linalg.norm(goal - start), 0.3 * np.linalg.norm(turn)) / speed
        begin = self.time
        while True:
            yield
            a = min((self.time - begin) / duration, 1.0) if duration > 0 else 1.0
            a = a * a * (3 - 2 * a)
            self.command(start + a * (goal - start), start_rotation @ pin.exp3(a * turn))
            if a >= 1.0:
                break
        deadline = self.time + settle
        while self.time < deadline and np.linalg.norm(self.observation.position - goal) > tolerance:
            yield

    def grip(self, opening: float, speed: float, settle: float) -> Steps:
        """Move the fingers to a half opening [m] at a speed [m/s] each, then let them settle for a time [s]."""
        start = self.observation.opening if self.target_opening is None else self.target_opening
        begin, duration = self.time, abs(opening - start) / speed
        while self.time - begin < duration:
            self.target_opening = start + (opening - start) * (self.time - begin) / duration
            yield
        self.target_opening = opening
        yield from self.wait(settle)
