# SPDX-License-Identifier: Apache-2.0
"""How many steps it takes to a goal from anywhere, roughly: the guide of the footstep search."""
from __future__ import annotations

import math

import cv2
import numpy as np

from humanoid_control.walking.body_shape import BodyShape
from humanoid_control.walking.floor_map import FREE, FloorMap
from humanoid_control.walking.footstep_settings import FootstepSettings
from humanoid_control.walking.pose2 import Pose2

_HEADINGS = 24
_COARSENING = 2         # cells of the floor map along one cell of the lattice
_UNIT = 20              # costs are counted in fractions of a step of this size
_DETOUR = 1.2           # poses are looked at up to this times the cost of the start
_SPARE = 6              # and this many steps
_UNREACHED = np.iinfo(np.int32).max


class PoseLattice:
    """Cost from lattice poses (heading, row, column) of the middle between the feet to a goal.

    Neighbouring poses are joined by moves that cost what the longest steps would need for them. Dijkstra's algorithm
    backward from the goal, with one bucket for each cost and all poses of a bucket at once.

    Attributes:
        steps: (headings, rows, columns) estimated number of steps, infinite where the goal can't be reached or is much
            farther than from the start.
    """

    def __init__(self, floor: FloorMap, body: BodyShape, settings: FootstepSettings, start: Pose2, goal: Pose2,
                 effort: np.ndarray):
        """Compute the costs; the goal and the surroundings of a start that is not free are taken to be free.

        effort: factor of the cost of steps in every cell of the floor map.
        """
        self._floor = floor
        self._size = floor.resolution * _COARSENING
        self._shape = tuple(-(-n // _COARSENING) for n in floor.labels.shape)
        closed = np.stack([self._blocked(body, heading) for heading in range(_HEADINGS)])
        ends = self._index(goal), self._index(start)
        closed[ends[0]] = False
        if closed[ends[1]]:
            reach = math.ceil(body.outer_radius / self._size)
            _, row, column = ends[1]
            closed[:, max(row - reach, 0):row + reach + 1, max(column - reach, 0):column + reach + 1] = False
        cost = self._dijkstra(closed, *ends, self._coarse(effort), settings)
        self.steps = np.where(cost == _UNREACHED, np.inf, cost / _UNIT)

    def remaining(self, place: Pose2) -> float:
        """Estimated steps from a pose to the goal; infinite off the floor and where there is no way."""
        heading, row, column = self._index(place)
        if not (0 <= row < self._shape[0] and 0 <= column < self._shape[1]):
            return math.inf
        return float(self.steps[heading, row, column])

    def _index(self, place: Pose2) -> tuple[int, int, int]:
        return (round(place.yaw / (2 * math.pi) * _HEADINGS) % _HEADINGS,
                math.floor((place.y - self._floor.origin[1]) / self._size),
                math.floor((place.x - self._floor.origin[0]) / self._size))

    def _blocked(self, body: BodyShape, heading: int) -> np.ndarray:
        """Lattice cells where the body would overlap something."""
        resolution = self._floor.resolution
        offsets = np.round(body.points(Pose2(0.0, 0.0, heading * 2 * math.pi / _HEADINGS)) / resolution).astype(int)
        reach = int(np.abs(offsets).max())
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
        # dilation looks at the mirror image of what moves
        kernel[reach + offsets[:, 1], reach + offsets[:, 0]] = 1
        occupied = (self._floor.labels != FREE).astype(np.uint8)
        overlapping = cv2.dilate(occupied, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=1)
        return self._coarse(overlapping).astype(bool)

    def _coarse(self, fine: np.ndarray) -> np.ndarray:
        """What a grid of the floor map holds in the middle of the lattice cells."""
        middle = _COARSENING // 2
        full = np.pad(fine, [(0, n * _COARSENING - m) for n, m in zip(self._shape, fine.shape)], mode='edge')
        return full[middle::_COARSENING, middle::_COARSENING]

    def _dijkstra(self, closed: np.ndarray, goal: tuple[int, int, int], start: tuple[int, int, int],
                  effort: np.ndarray, settings: FootstepSettings) -> np.ndarray:
        rows, columns = self._shape
        padded = np.pad(closed, ((0, 0), (1, 1), (1, 1)), constant_values=True)
        plane = (rows + 2) * (columns + 2)
        blocked = padded.ravel()
        cost = np.full(padded.size, _UNREACHED, np.int32)
        first, last = (heading * plane + (row + 1) * (columns + 2) + column + 1 for heading, row, column in (goal, start))
        cost[first] = 0
        buckets = {0: [np.array([first])]}
        farthest = math.inf
        moves = self._moves(settings)
        factor = np.pad(effort, 1, constant_values=1.0).ravel()
        while buckets:
            level = min(buckets)
            if level > farthest:
                break
            if math.isinf(farthest) and cost[last] <= level:
                farthest = _DETOUR * level + _SPARE * _UNIT
            poses = np.unique(np.concatenate(buckets.pop(level)))
            poses = poses[cost[poses] == level]
            for turn, down, right, steps in moves:
                came_from = (poses + turn * plane) % padded.size - down * (columns + 2) - right
                reached = level + (steps[came_from // plane] * factor[came_from % plane]).astype(np.int32)
                nearer = (cost[came_from] > reached) & ~blocked[came_from]
                came_from, reached = came_from[nearer], reached[nearer]
                cost[came_from] = reached
                for value in set(reached.tolist()):
                    buckets.setdefault(value, []).append(came_from[reached == value])
        return cost.reshape(padded.shape)[:, 1:-1, 1:-1]

    def _moves(self, settings: FootstepSettings) -> list[tuple[int, int, int, np.ndarray]]:
        """Changes of heading, row and column, with their cost by the heading they start from."""
        headings = np.arange(_HEADINGS) * 2 * math.pi / _HEADINGS
        turning = 2 * math.pi / _HEADINGS / settings.turn
        aside_step = (settings.wide - settings.narrow) / 2
        moves = []
        for turn in (-1, 0, 1):
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    if not (turn or down or right):
                        continue
                    along = (np.cos(headings) * right + np.sin(headings) * down) * self._size
                    aside = (np.cos(headings) * down - np.sin(headings) * right) * self._size
                    length = np.hypot(along / np.where(along > 0, settings.forward, settings.backward), aside / aside_step)
                    effort = np.maximum(length, abs(turn) * turning)
                    moves.append((turn, down, right, np.maximum(1.0, effort * _UNIT)))
        return moves
