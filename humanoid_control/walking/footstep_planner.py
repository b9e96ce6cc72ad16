# SPDX-License-Identifier: Apache-2.0
"""Footsteps to a goal through what stands on the floor: A* over places for the feet."""
from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field

import numpy as np

from humanoid_control.balance.walk import Footstep
from humanoid_control.walking.body_shape import BodyShape
from humanoid_control.walking.errors import NoPathError
from humanoid_control.walking.floor_distance import clearance, narrowest_place
from humanoid_control.walking.floor_map import FREE, FloorMap
from humanoid_control.walking.footstep_settings import FootstepSettings
from humanoid_control.walking.pose2 import Pose2, wrap
from humanoid_control.walking.pose_lattice import PoseLattice


@dataclass(order=True)
class _Node:
    """A step taken: `foot` stands at `pose`, the other one at `other`."""

    estimate: float
    order: int
    cost: float = field(compare=False)
    foot: int = field(compare=False)
    pose: Pose2 = field(compare=False)
    other: Pose2 = field(compare=False)
    overlap: int = field(compare=False)
    parent: _Node | None = field(compare=False, default=None)


class FootstepPlanner:
    """Plans footsteps for a body shape on floor maps.

    Attributes:
        expanded: places that the last plan looked at.
    """

    def __init__(self, settings: FootstepSettings, body: BodyShape):
        """Plan for this body; the soles have a shape of their own in `settings`."""
        self.settings = settings
        self.body = body
        self.expanded = 0
        self._sole = BodyShape((settings.sole,), 0.0)
        self._tolerant = body.shrunk(settings.slack)
        self._steps = settings.steps()

    def feet_at(self, place: Pose2) -> tuple[Pose2, Pose2]:
        """Left and right sole of a robot that stands at a place."""
        half = self.settings.width / 2
        return place.compose(Pose2(0.0, half, 0.0)), place.compose(Pose2(0.0, -half, 0.0))

    def plan(self, floor: FloorMap, feet: tuple[Pose2, Pose2], goal: Pose2, next_foot: int | None = None) -> list[Footstep]:
        """Footsteps from the present soles (left, right) to standing at `goal`; empty when already there.

        next_foot: which foot has to step first, None = either.
        Raises NoPathError that says why there are none.
        """
        search = _Search(self, floor, goal)
        search.check_ends(feet)
        standing = self.feet_at(goal)
        if all(a.distance(b) < self.settings.arrival_distance and abs(wrap(a.yaw - b.yaw)) < self.settings.arrival_angle
               for a, b in zip(feet, standing)):
            return []
        return search.run(feet, next_foot)

    def is_blocked(self, floor: FloorMap, feet: tuple[Pose2, Pose2], footsteps: list[Footstep]) -> str | None:
        """Name of what the robot would run into on these footsteps, None = nothing.

        No foot comes down quite where it was planned: the body may come nearer to things than plans do, by the slack. As in
        plans, a body that overlaps something may step out of it.
        """
        soles = list(feet)
        overlap = np.count_nonzero(floor.labels_at(self.body.points(soles[0].middle(soles[1]))))
        for step in footsteps:
            soles[step.foot] = Pose2(step.x, step.y, step.yaw)
            middle, last = soles[0].middle(soles[1]), overlap
            labels = floor.labels_at(self._sole.points(soles[step.foot]))
            overlap = np.count_nonzero(floor.labels_at(self.body.points(middle)))
            if overlap >= last:  # out of an overlap only
                labels = np.concatenate([labels, floor.labels_at(self._tolerant.points(middle))])
            if labels.any():
                return floor.name_of(int(labels[labels != FREE][0]))
        return None


class _Search:
    """One run of A* on one floor towards one goal."""

    def __init__(self, planner: FootstepPlanner, floor: FloorMap, goal: Pose2):
        self.planner, self.floor, self.goal = planner, floor, goal
        self.settings, self.body, self.sole = planner.settings, planner.body, planner._sole
        self.space = clearance(floor)
        room = self.space - self.body.inner_radius
        self.effort = 1.0 + self.settings.caution * np.clip(1.0 - room / self.settings.comfort, 0.0, 1.0)
        self.goal_feet = planner.feet_at(goal)
        self.numbers = itertools.count()

    def check_ends(self, feet: tuple[Pose2, Pose2]) -> None:
        """Raise NoPathError when start or goal are hopeless."""
        middle = feet[0].middle(feet[1])
        for what, place in (('the goal', self.goal), ('the robot', middle)):
            if not all(map(math.isfinite, place)):
                raise NoPathError(f'{what} is not a finite pose: {tuple(place)}')
            (label,) = self.floor.labels_at(np.array([place[:2]]))
            if label != FREE:
                raise NoPathError(f'{what} at ({place.x:.2f}, {place.y:.2f}) m lies in {self.floor.name_of(int(label))}')
        labels = self.floor.labels_at(self.body.points(self.goal))
        if labels.any():
            name = self.floor.name_of(int(labels[labels != FREE][0]))
            raise NoPathError(f'at the goal ({self.goal.x:.2f}, {self.goal.y:.2f}) m the robot would run into {name}')
        self.lattice = PoseLattice(self.floor, self.body, self.settings, middle, self.goal, self.effort)
        if not math.isfinite(self.remaining(middle)):
            room, (x, y) = narrowest_place(self.floor, self.space, middle[:2], self.goal[:2])
            raise NoPathError(f'the widest way to the goal is {2 * room:.2f} m wide at ({x:.2f}, {y:.2f}) m, '
                              f'the robot needs {self.body.width:.2f} m and room to turn')

    def run(self, feet: tuple[Pose2, Pose2], next_foot: int | None) -> list[Footstep]:
        """The footsteps; NoPathError after settings.expansions places."""
        queue: list[_Node] = []
        overlap = self.overlap(feet[0].middle(feet[1]))
        for foot in (0, 1) if next_foot is None else (next_foot,):
            stance = 1 - foot
            queue.append(_Node(self.remaining(feet[0].middle(feet[1])), next(self.numbers), 0.0, stance, feet[stance],
                               feet[foot], overlap))
        heapq.heapify(queue)
        seen: dict[tuple[int, ...], float] = {}
        for count in range(self.settings.expansions):
            if not queue:
                raise NoPathError(f'no sequence of steps leads to the goal: {count} places tried')
            node = heapq.heappop(queue)
            key = self.key(node.foot, node.pose, node.other)
            if seen.get(key, math.inf) <= node.cost:
                continue
            seen[key] = node.cost
            self.planner.expanded = count
            last = self.connect(node)
            if last is not None:
                return last
            for child in self.children(node):
                if seen.get(self.key(child.foot, child.pose, child.other), math.inf) > child.cost:
                    heapq.heappush(queue, child)
        raise NoPathError(f'no way found among {self.settings.expansions} places; the goal may be too tight to turn in')

    def children(self, node: _Node) -> list[_Node]:
        """Steps of the other foot that run into nothing."""
        found = []
        foot = 1 - node.foot
        for step, effort in self.planner._steps[foot]:
            pose = node.pose.compose(step)
            middle = node.pose.middle(pose)
            remaining = self.remaining(middle)
            if not math.isfinite(remaining) or self.collides(self.sole, pose):
                continue
            overlap = self.overlap(middle)
            if overlap and overlap >= node.overlap:  # out of an overlap only
                continue
            cost = node.cost + effort * self.effort[self.cell(middle)]
            found.append(_Node(cost + self.settings.greed * remaining, next(self.numbers), cost, foot, pose, node.pose,
                               overlap, node))
        return found

    def connect(self, node: _Node) -> list[Footstep] | None:
        """The whole path when the goal's stance is two steps away."""
        foot = 1 - node.foot
        first, second = self.goal_feet[foot], self.goal_feet[node.foot]
        if not self.settings.reaches(node.pose.relative(first), foot):
            return None
        overlap = self.overlap(node.pose.middle(first))
        if overlap and overlap >= node.overlap:
            return None
        path = [Footstep(node.foot, *second), Footstep(foot, *first)]
        if node.pose.distance(second) < 1e-9 and abs(wrap(node.pose.yaw - second.yaw)) < 1e-9:
            path = path[1:]
        while node.parent is not None:
            path.append(Footstep(node.foot, *node.pose))
            node = node.parent
        return path[::-1]

    def remaining(self, middle: Pose2) -> float:
        """Estimate of the steps from here to the goal."""
        return self.lattice.remaining(middle)

    def cell(self, place: Pose2) -> tuple[int, int]:
        """Row and column of a place on the floor."""
        (row,), (column,) = self.floor.cells(np.array([place[:2]]))
        return int(row), int(column)

    def is_roomy(self, shape: BodyShape, place: Pose2) -> bool:
        """Whether nothing is near enough to be looked at closely."""
        row, column = self.cell(place)
        inside = 0 <= row < self.space.shape[0] and 0 <= column < self.space.shape[1]
        return inside and self.space[row, column] > shape.outer_radius + 2 * self.floor.resolution

    def collides(self, shape: BodyShape, place: Pose2) -> bool:
        """Whether a shape overlaps anything."""
        return not self.is_roomy(shape, place) and bool(self.floor.labels_at(shape.points(place)).any())

    def overlap(self, place: Pose2) -> int:
        """How many samples of the body lie in something."""
        if self.is_roomy(self.body, place):
            return 0
        return int(np.count_nonzero(self.floor.labels_at(self.body.points(place))))

    def key(self, foot: int, pose: Pose2, other: Pose2) -> tuple[int, ...]:
        """Places that count as the same."""
        grid, angle = self.settings.same_distance, self.settings.same_angle
        middle = pose.middle(other)
        return (foot, round(pose.x / grid), round(pose.y / grid), round(pose.yaw / angle), round(middle.x / grid),
                round(middle.y / grid))
