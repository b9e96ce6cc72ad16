# SPDX-License-Identifier: Apache-2.0
"""Robot state of the recent past, to be asked for the instant at which an image was taken."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from humanoid_perception.errors import PerceptionError, StaleStateError


class StateHistory:
    """Joint positions and pose of the base in `odom`, interpolated to any recent stamp."""

    def __init__(self, joint_names: Sequence[str], duration: float = 3.0, longest_gap: float = 0.1) -> None:
        """Keep settings.

        Args:
            joint_names: joints to remember, in the order in which they are returned.
            duration: how far back states are kept [s].
            longest_gap: states further than this from the stamp asked for are refused [s].
        """
        self.joint_names = tuple(joint_names)
        self._duration = duration
        self._longest_gap = longest_gap
        self._order: tuple[tuple[str, ...], np.ndarray] | None = None
        self._joints: deque[tuple[float, np.ndarray]] = deque()
        self._bases: deque[tuple[float, pin.SE3]] = deque()

    def add_joints(self, stamp: float, names: Sequence[str], positions: Sequence[float]) -> None:
        """Take in joint positions [rad, m] of time `stamp` [s]; joints that aren't remembered are passed over.

        Raises PerceptionError naming the joints that are missing or not finite.
        """
        values = np.asarray(positions, dtype=float)[self._index(tuple(names))]
        if not np.all(np.isfinite(values)):
            bad = [n for n, v in zip(self.joint_names, values) if not np.isfinite(v)]
            raise PerceptionError(f'joint_states: position of {", ".join(bad)} is not finite')
        self._append(self._joints, stamp, values)

    def add_base(self, stamp: float, position: Sequence[float], quaternion: Sequence[float]) -> None:
        """Take in the pose of the base in `odom` of time `stamp` [s]: position (3,) [m], quaternion (x, y, z, w).

        Raises PerceptionError when a value is not finite or the quaternion not of unit length.
        """
        values = np.concatenate([position, quaternion]).astype(float)
        if not np.all(np.isfinite(values)) or abs(np.linalg.norm(values[3:]) - 1.0) > 1e-2:
            raise PerceptionError(f'odom: pose is {values.tolist()}, expected finite values and a unit quaternion')
        self._append(
            self._bases, stamp, pin.XYZQUATToSE3(np.concatenate([values[:3], values[3:] / np.linalg.norm(values[3:])]))
        )

    def clear(self) -> None:
        """Forget all states, for a clock that was set back."""
        self._joints.clear()
        self._bases.clear()

    def at(self, stamp: float) -> tuple[pin.SE3, np.ndarray]:
        """Return the SE3 of the base in `odom` and the joint positions (n,) [rad, m] at `stamp` [s].

        Raises StaleStateError when nothing is known within `longest_gap` of the stamp.
        """
        before, after, share = self._bracket(self._joints, stamp, 'joint_states')
        joints = (1.0 - share) * before + share * after
        before, after, share = self._bracket(self._bases, stamp, 'odom')
        return pin.SE3.Interpolate(before, after, share), joints

    def _index(self, names: tuple[str, ...]) -> np.ndarray:
        if self._order is None or self._order[0] != names:
            place = {name: i for i, name in enumerate(names)}
            missing = [name for name in self.joint_names if name not in place]
            if missing:
                raise PerceptionError(f'joint_states: joints {", ".join(missing)} are missing')
            self._order = (names, np.array([place[name] for name in self.joint_names]))
        return self._order[1]

    def _append(self, states: deque, stamp: float, value: object) -> None:
        if states and stamp <= states[-1][0]:
            if stamp > states[-1][0] - self._duration:
                return  # known, or late
            states.clear()  # the clock was set back
        states.append((stamp, value))
        while stamp - states[0][0] > self._duration:
            states.popleft()

    def _bracket(self, states: deque, stamp: float, topic: str) -> tuple:
        if not states:
            raise StaleStateError(f'{topic}: nothing received yet; is its publisher running?')
        place = bisect_left(states, stamp, key=lambda state: state[0])
        before = states[max(0, place - 1)]
        after = states[min(place, len(states) - 1)]
        gap = max(before[0] - stamp, stamp - after[0], 0.0)
        if gap > self._longest_gap or after[0] - before[0] > 2.0 * self._longest_gap:
            raise StaleStateError(
                f'{topic}: nearest state is {max(gap, after[0] - before[0]):.2f} s from the image of '
                f'{stamp:.3f} s, expected within {self._longest_gap:.2f} s'
            )
        if after[0] <= before[0]:
            return before[1], after[1], 0.0
        return before[1], after[1], min(1.0, max(0.0, (stamp - before[0]) / (after[0] - before[0])))
