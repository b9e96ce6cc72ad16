# SPDX-License-Identifier: Apache-2.0
"""What steps the footstep planner takes (section `footsteps` of config/walking_node.yaml)."""
from __future__ import annotations

from dataclasses import dataclass

from humanoid_control.walking.body_shape import Box
from humanoid_control.walking.pose2 import Pose2

_ROUNDING = 1e-9


@dataclass(frozen=True)
class FootstepSettings:
    """Steps, costs and tolerances; lengths [m], angles [rad].

    Attributes:
        width: distance between the feet.
        forward, backward: longest steps.
        narrow, wide: distances between the feet of sidesteps.
        turn: largest turn of a step.
        sole: space that a foot needs on the floor.
        comfort: room beside the body below which steps cost up to `caution` more.
        slack: by which a robot that walks may come nearer to things than planned before they count as in its way [m].
        greed: weight of the estimate of the steps that remain; above 1 trades shortness for speed.
        same_distance, same_angle: places closer than that are the same.
        expansions: places that are looked at before the search gives up.
        arrival_distance, arrival_angle: soles nearer than that to the goal's need no step.
    """

    width: float
    forward: float
    backward: float
    narrow: float
    wide: float
    turn: float
    sole: Box
    comfort: float
    caution: float
    slack: float
    greed: float
    same_distance: float
    same_angle: float
    expansions: int
    arrival_distance: float
    arrival_angle: float

    def __post_init__(self) -> None:
        if not 0.0 < self.narrow <= self.width <= self.wide:
            raise ValueError(f'expected 0 < narrow <= width <= wide, got {self.narrow}, {self.width}, {self.wide}')
        if not self.slack >= 0.0:
            raise ValueError(f'slack must be at least 0, got {self.slack}')
        for name in ('forward', 'backward', 'turn', 'comfort', 'same_distance', 'same_angle', 'expansions'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} must be positive, got {getattr(self, name)}')

    def steps(self) -> tuple[tuple[tuple[Pose2, float], ...], tuple[tuple[Pose2, float], ...]]:
        """For the left and the right foot: steps as seen from the other one, with their costs."""
        straight = [(x, self.width, 0.0) for x in (self.forward, self.forward / 2, 0.0, -self.backward)]
        curves = [(x, self.width, sign * turn) for x in (self.forward, self.forward / 2, 0.0, -self.backward)
                  for turn in (self.turn, self.turn / 2) for sign in (1, -1)]
        aside = [(x, width, 0.0) for x in (0.0, self.forward / 2) for width in (self.narrow, self.wide)]
        return tuple(tuple((self._step(side, *step), 1.0 + 0.2 * abs(step[2]) / self.turn)
                           for step in straight + curves + aside) for side in (1, -1))

    def reaches(self, step: Pose2, foot: int) -> bool:
        """Whether a step of `foot`, as seen from the other one, is no longer than those above."""
        side = 1 if foot == 0 else -1
        return (-self.backward - _ROUNDING <= step.x <= self.forward + _ROUNDING
                and self.narrow - _ROUNDING <= side * step.y <= self.wide + _ROUNDING
                and abs(step.yaw) <= self.turn + _ROUNDING)

    @staticmethod
    def _step(side: int, forward: float, width: float, turn: float) -> Pose2:
        """A step that turns about the middle between the feet, as the gait does."""
        half = side * width / 2
        return Pose2(0.0, half, turn).compose(Pose2(forward, half, 0.0))
