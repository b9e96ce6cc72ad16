# SPDX-License-Identifier: Apache-2.0
"""Compliant insertion of a held nut over a chamfered pin: feel the tip, search, push, feel the seat."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Hand, Steps


@dataclass(frozen=True)
class InsertionParameters:
    """Speeds [m/s], forces [N], lengths [m], stiffness of the hand as controlled [N/m].

    `search_force / stiffness` must stay below the wiggle room of the nut on the tip, or friction holds it there.
    """

    approach_height: float
    descend_speed: float
    touch_force: float
    touch_samples: int
    search_force: float
    search_pitch: float
    search_speed: float
    search_radius: float
    drop_depth: float
    push_force: float
    push_speed: float
    push_time: float
    push_wiggle: float
    push_wiggle_rate: float
    stiffness: float
    seat_tolerance: float
    seat_still_speed: float
    seat_still_time: float
    tries: int

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= 0:
                raise ValueError(f'{name} must be positive, got {value}')


@dataclass
class InsertionResult:
    """How it went: why earlier tries were of no use, search radius reached [m], height over the seat as felt [m]."""

    failures: list[WorkFailure]
    search_radius: float
    height: float


class Insertion:
    """Seats a nut that the hand holds.

    The nut is lowered until its lower face meets the pin tip, moved on a spiral under a small force until the
    hole drops over the chamfer, then pushed down with a small circling motion until it stands still under force
    at the seat. All heights are of the grasp centre in odom.

    Args:
        seat: grasp centre with the nut seated [m], shape (3,), as seen and known from the grasp.
        pin_height: of the tip over the seat [m].
        chamfer: of the tip [m]: by up to this the nut may lie on it lower.
    """

    def __init__(self, hand: Hand, seat: np.ndarray, pin_height: float, chamfer: float, parameters: InsertionParameters):
        self._hand = hand
        self._seat = np.asarray(seat, float)
        self._pin_height, self._chamfer = pin_height, chamfer
        self._p = parameters
        self._rotation: np.ndarray | None = None

    def run(self) -> Steps:
        """Generator of control periods; returns an InsertionResult.

        Raises WorkFailure PIN_NOT_FOUND when the search never drops over the pin and NOT_SEATED when the nut
        stands too high under the push.
        """
        p, hand = self._p, self._hand
        self._rotation = hand.target_rotation.copy()
        failures: list[WorkFailure] = []
        while len(failures) < p.tries:
            if failures:
                above = np.array([self._seat[0], self._seat[1], self._seat[2] + self._pin_height + 0.006])
                yield from hand.move(above, 0.08, self._rotation)
                yield from hand.wait(0.2)
            touch = yield from self._descend()
            radius = 0.0
            seat_height = self._seat[2]
            if touch > seat_height + self._pin_height - 0.005:
                # where the hand felt the tip, or its chamfer: a nut may have slid in the fingers since it was seen
                lowest = touch - self._pin_height
                seat_height = min(max(seat_height, lowest), lowest + self._chamfer)
                radius, found = yield from self._search(touch)
                if not found:
                    failures.append(WorkFailure(FailureCode.PIN_NOT_FOUND,
                                                f'searched {radius * 1e3:.1f} mm around without dropping over the pin'))
                    continue
            height = yield from self._push(seat_height)
            if height < p.seat_tolerance:
                return InsertionResult(failures, radius, height)
            failures.append(WorkFailure(FailureCode.NOT_SEATED, f'stands {height * 1e3:.1f} mm over the seat under '
                                        f'{p.push_force:.0f} N'))
        raise failures[-1]

    def _descend(self) -> Steps:
        """Lower until contact is felt; returns the height of the hand there [m]."""
        p, hand = self._p, self._hand
        height, felt = hand.target_position[2], 0
        while height > self._seat[2] - 0.02:
            height -= p.descend_speed * hand.period
            hand.command([self._seat[0], self._seat[1], height], self._rotation)
            yield
            felt = felt + 1 if hand.observation.force[2] > p.touch_force else 0
            if felt >= p.touch_samples:
                break
        return hand.observation.position[2]

    def _search(self, touch: float) -> Steps:
        """Spiral around the seen pin under the search force; returns radius [m] and whether the nut dropped."""
        p, hand = self._p, self._hand
        angle, radius = 0.0, 0.0
        while radius < p.search_radius:
            radius = p.search_pitch * angle / (2 * math.pi)
            angle += p.search_speed * hand.period / max(radius, p.search_pitch / 2)
            hand.press(self._seat[:2] + radius * np.array([math.cos(angle), math.sin(angle)]), p.search_force, p.stiffness,
                       2 * p.descend_speed, self._rotation)
            yield
            if hand.observation.position[2] < touch - p.drop_depth:
                return radius, True
        return radius, False

    def _push(self, seat_height: float) -> Steps:
        """Push down, giving way sideways, until still under force at the seat; returns the height over it [m].

        The hand goes on pushing when this returns.
        """
        p, hand = self._p, self._hand
        centre = hand.observation.position[:2].copy()
        begin, still = hand.time, 0.0
        while hand.time - begin < p.push_time:
            # follow the hand sideways: the pin centres the nut, not the camera
            centre += (hand.observation.position[:2] - centre) * hand.period / 0.15
            phase = 2 * math.pi * p.push_wiggle_rate * (hand.time - begin)
            wiggle = p.push_wiggle * np.array([math.cos(phase), math.sin(phase)])
            # circling tilts the nut by the same circle, about a point 50 mm above it
            tilt = pin.exp3(np.array([-wiggle[1], wiggle[0], 0.0]) / 0.05)
            hand.press(centre + wiggle, p.push_force, p.stiffness, p.push_speed, tilt @ self._rotation)
            yield
            seen = hand.observation
            seated = (seen.position[2] < seat_height + p.seat_tolerance and seen.force[2] > 0.7 * p.push_force
                      and abs(seen.velocity[2]) < p.seat_still_speed)
            still = still + hand.period if seated else 0.0
            if still >= p.seat_still_time:
                break
        return hand.observation.position[2] - seat_height
