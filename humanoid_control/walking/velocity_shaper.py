# SPDX-License-Identifier: Apache-2.0
"""From the velocity that somebody wants to one that the robot may walk at."""
from __future__ import annotations

import math
from dataclasses import dataclass

from humanoid_control.walking.body_shape import BodyShape
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.floor_map import FREE, FloorMap
from humanoid_control.walking.pose2 import Pose2

Velocity = tuple[float, float, float]
STILL: Velocity = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class VelocitySettings:
    """Limits of commanded velocities (section `velocity` of config/walking_node.yaml).

    Attributes:
        forward, backward, sideways: largest speeds [m/s].
        turn: largest turning rate [rad/s].
        timeout: a command older than this counts as silence [s].
        rest: speeds below this [m/s, rad/s] mean standing.
        look_ahead: time for which the way must be free at full speed [s].
    """

    forward: float
    backward: float
    sideways: float
    turn: float
    timeout: float
    rest: float
    look_ahead: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0.0:
                raise ValueError(f'{name} must be positive, got {value}')


class VelocityShaper:
    """Keeps the last command, limits it and forgets it when nobody repeats it.

    Attributes:
        obstacle: name of what the last velocity was slowed down for, None = nothing.
    """

    def __init__(self, settings: VelocitySettings, body: BodyShape):
        """With no command yet."""
        self.settings = settings
        self.obstacle: str | None = None
        self._body = body
        self._velocity = STILL
        self._heard: float | None = None

    def command(self, velocity: Velocity, now: float) -> None:
        """Take a new command at time `now` [s]; WalkingError when it isn't finite, and then it is as silence."""
        if not all(map(math.isfinite, velocity)):
            self.forget()
            raise WalkingError(f'a velocity must be finite, got {velocity}')
        self._velocity, self._heard = velocity, now

    def forget(self) -> None:
        """As if nothing had been commanded."""
        self._velocity, self._heard = STILL, None

    def velocity(self, now: float) -> Velocity | None:
        """The command within its limits, None = nobody wants to walk.

        Forward and sideways speed and turning share one limit: they lie in an ellipsoid with the limits as half axes.
        """
        if self._heard is None or now - self._heard > self.settings.timeout or now < self._heard:
            return None
        x, y, turn = self._velocity
        if abs(x) < self.settings.rest and abs(y) < self.settings.rest and abs(turn) < self.settings.rest:
            return None
        s = self.settings
        size = math.hypot(x / (s.forward if x > 0 else s.backward), y / s.sideways, turn / s.turn)
        scale = 1.0 / max(size, 1.0)
        return x * scale, y * scale, turn * scale

    def slowed(self, velocity: Velocity, place: Pose2, floor: FloorMap) -> Velocity:
        """As fast as the way ahead is free; still when the next bit of it isn't.

        place: middle between the feet on the floor map. A body that already overlaps something may move on.
        """
        self.obstacle = None
        if floor.labels_at(self._body.points(place)).any():
            return velocity
        for share in (1.0, 0.5, 0.25):
            slow = (share * velocity[0], share * velocity[1], share * velocity[2])
            obstacle = self._first_obstacle(slow, place, floor)
            if obstacle is None:
                return slow
            self.obstacle = obstacle
        return STILL

    def _first_obstacle(self, velocity: Velocity, place: Pose2, floor: FloorMap) -> str | None:
        """Name of what is in the way within the look-ahead time."""
        count = 6
        dt = self.settings.look_ahead / count
        for _ in range(count):
            place = place.compose(Pose2(velocity[0] * dt, velocity[1] * dt, velocity[2] * dt))
            labels = floor.labels_at(self._body.points(place))
            if labels.any():
                return floor.name_of(int(labels[labels != FREE][0]))
        return None
