# SPDX-License-Identifier: Apache-2.0
"""Reach of the arms of a standing robot."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.limits import SelfCollision
from humanoid_control.kinematics.reach.arm_chain import ArmChain, ChainSolution
from humanoid_control.kinematics.reach.reach_result import ReachResult, WayResult
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import RobotModel
from humanoid_control.model.robot_configuration import SIDES

# A posture from the given start is kept unless another has this much more margin [rad]: arms should not fold over.
_STAY_MARGIN = 0.15

# Pieces of a way that are looked at one by one [m, rad]: what a fast hand does in a tick.
_PIECE_LENGTH, _PIECE_ANGLE = 0.005, 0.02
# Largest change of a joint [rad] on one of them: more is a fold that takes the arm off the way.
_PIECE_STEP = 0.06
_PIECES_PER_CLEARANCE = 4
# Pieces of an even motion of the joints [rad].
_PIECE_SWING = 0.15


class ArmReach:
    """Finds arm postures that bring a gripper frame to a pose, the rest of the body staying as it is.

    Searches from the given start, the body's own posture and spread-out fixed seeds, so that the same question always
    has the same answer.

    Attributes:
        robot: the robot model.
        q: posture of the body, shape (nq,); the base pose is in base_footprint.
    """

    def __init__(self, robot: RobotModel, q: np.ndarray | None = None, settings: KinematicsSettings | None = None) -> None:
        """Reach at posture q, by default the stand posture.

        Raises ModelError: arms that aren't chains of revolute joints from the torso, unknown collision pairs.
        """
        self.robot, self._settings = robot, settings or KinematicsSettings()
        configuration, collision, reach = robot.configuration, self._settings.collision, self._settings.reach
        self._data = robot.model.createData()
        self._collision = SelfCollision(robot.model, robot.urdf, configuration.collision_pairs, margin=collision.margin,
                                        range_=collision.range, gain=collision.gain, rows=collision.rows)
        self._torso = robot.frame_id(configuration.frames.torso)
        self._chains: dict[str, ArmChain] = {}
        self._columns: dict[str, np.ndarray] = {}
        self._pairs: dict[str, np.ndarray] = {}
        self._seeds: dict[str, np.ndarray] = {}
        for side in SIDES:
            arm = configuration.arms[side]
            self._columns[side] = robot.q_indices(arm.joints)
            self._chains[side] = chain = ArmChain.of_arm(robot, side, self._settings)
            self._seeds[side] = chain.lower + _halton(reach.seeds, len(arm.joints)) * (chain.upper - chain.lower)
            self._pairs[side] = self._pairs_of(arm.joints)
        self.stand_at(robot.stand_posture() if q is None else q)

    def stand_at(self, q: np.ndarray) -> None:
        """Take another posture of the body, shape (nq,), base pose in base_footprint."""
        self.q = np.array(q, float)
        pin.framesForwardKinematics(self.robot.model, self._data, self.q)
        self.torso = self._data.oMf[self._torso].copy()

    def solve(self, side: str, pose: pin.SE3, start: np.ndarray | None = None, *, local: bool = False) -> ReachResult:
        """Posture that brings the gripper frame of a side to a pose in base_footprint.

        Of several the one with the largest margin; postures with `enough_margin` count as equally good, and that of
        `start` is preferred.

        Args:
            start: arm angles [rad] to search from first; its solution is preferred unless another is clearly better.
            local: search from `start` only, as for a hand that creeps on; clearance is then left to the motion itself.

        Raises:
            SolverError: NaN in pose or start.
        """
        if local:
            solution = self._chains[side].solve(self.torso.actInv(pose), self._start(side, start))
            if solution.converged:
                return self._judge(side, pose, solution, np.inf)
        refused: list[ReachResult] = []
        for result in self.options(side, pose, start):
            if result.reachable:
                return result
            refused.append(result)
        return max(refused, key=lambda result: result.clearance)

    def options(self, side: str, pose: pin.SE3, start: np.ndarray | None = None) -> Iterator[ReachResult]:
        """All answers of `solve`, the preferred ones first; where the pose is out of reach, the nearest posture."""
        chain, target = self._chains[side], self.torso.actInv(pose)
        first = chain.solve(target, self._start(side, start))
        good = first.converged and first.margin >= self._settings.reach.enough_margin
        if good:
            yield self._judge(side, pose, first)
        found = [first, *(chain.solve(target, seed) for seed in self._seeds[side])]
        reached = [s for s in found[good:] if s.converged]
        for solution in sorted(reached, key=lambda s: -s.margin - _STAY_MARGIN * (s is first)):
            yield self._judge(side, pose, solution)
        if not reached and not good:
            length = self._settings.reach.position_tolerance / self._settings.reach.orientation_tolerance
            yield self._judge(side, pose, min(found, key=lambda s: s.position_error + length * s.orientation_error))

    def follow(self, side: str, way: Sequence[pin.SE3], start: np.ndarray | None = None) -> WayResult:
        """Lead the gripper frame along straight lines through `way` (in base_footprint) without letting go of the posture.

        A pose may be in reach with a posture that the arm cannot take on the way there; this tells. The first pose is
        where the way starts, from any posture or from `start` [rad].
        """
        chain = self._chains[side]
        tightest = result = self.solve(side, way[0], start, local=start is not None)
        last = chain.solution_at(result.posture)
        for begin, end in pairwise(way):
            turn = pin.log3(begin.rotation.T @ end.rotation)
            length = float(np.linalg.norm(end.translation - begin.translation))
            pieces = max(1, math.ceil(length / _PIECE_LENGTH), math.ceil(float(np.linalg.norm(turn)) / _PIECE_ANGLE))
            for piece in range(1, pieces + 1):
                if not result.reachable:
                    return WayResult(False, tightest.margin, result, result)
                share = piece / pieces
                pose = pin.SE3(begin.rotation @ pin.exp3(share * turn),
                               begin.translation + share * (end.translation - begin.translation))
                solution = chain.track(self.torso.actInv(pose), last)
                clearance = result.clearance if piece % _PIECES_PER_CLEARANCE and piece < pieces \
                    else self._clearance_at(side, solution.posture)
                result = self._judge(side, pose, solution, clearance)
                if result.reachable and np.abs(solution.posture - last.posture).max() > _PIECE_STEP:
                    result = replace(result, reachable=False, reason='the arm would have to fold over')
                if solution.margin < tightest.margin:
                    tightest = result
                last = solution
        return WayResult(result.reachable, tightest.margin, tightest if result.reachable else result, result)

    def swing_clearance(self, side: str, begin: np.ndarray, end: np.ndarray) -> float:
        """Least distance [m] of the arm to other links while its joints move evenly from `begin` to `end` [rad]."""
        pieces = max(1, int(np.ceil(np.abs(end - begin).max() / _PIECE_SWING)))
        return min(self._clearance_at(side, begin + share * (end - begin)) for share in np.arange(0, pieces + 1) / pieces)

    def hand_pose(self, side: str, posture: np.ndarray) -> pin.SE3:
        """Pose of the gripper frame in base_footprint at arm angles [rad]."""
        return self.torso * self._chains[side].forward(posture)

    def _start(self, side: str, start: np.ndarray | None) -> np.ndarray:
        return self.q[self._columns[side]] if start is None else start

    def _judge(self, side: str, pose: pin.SE3, solution: ChainSolution, clearance: float | None = None) -> ReachResult:
        """Answer that a solution gives; its clearance is looked up where it isn't known."""
        clearance = self._clearance_at(side, solution.posture) if clearance is None else clearance
        reason = ''
        if not solution.converged:
            reason = self._why_not(solution)
        elif clearance < self._collision.standoff:
            reason = f'the arm would come within {max(clearance, 0.0):.3f} m of another link'
        elif solution.margin < self._settings.reach.margin:
            reason = f'a joint would come within {max(solution.margin, 0.0):.3f} rad of its limit'
        return ReachResult(side, pose, not reason, solution.posture, solution.margin, clearance, solution.position_error,
                           solution.orientation_error, reason)

    def _why_not(self, nearest: ChainSolution) -> str:
        if nearest.position_error > self._settings.reach.position_tolerance:
            return f'{nearest.position_error:.3f} m beyond reach'
        return f'{np.degrees(nearest.orientation_error):.0f} deg beyond reach at that orientation'

    def _clearance_at(self, side: str, posture: np.ndarray) -> float:
        """Least distance [m] of the arm to other links."""
        q = self.q.copy()
        q[self._columns[side]] = posture
        pin.forwardKinematics(self.robot.model, self._data, q)
        distances = self._collision.distances(self.robot.model, self._data)[self._pairs[side]]
        return float(distances.min(initial=np.inf))

    def _pairs_of(self, joints: tuple[str, ...]) -> np.ndarray:
        """Indices of the collision pairs with a link that these joints carry."""
        model = self.robot.model
        ids = {model.getJointId(name) for name in joints}
        carried = {frame.name for frame in model.frames if frame.parentJoint in ids}
        return np.array([k for k, links in enumerate(self._collision.links) if carried & set(links)], dtype=int)


def _halton(count: int, dimensions: int) -> np.ndarray:
    """First points of the Halton sequence in the unit cube (Halton 1960), shape (count, dimensions)."""
    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)[:dimensions]
    points = np.zeros((count, dimensions))
    for column, base in enumerate(primes):
        for row in range(count):
            index, share = row + 1, 1.0
            while index:
                share /= base
                points[row, column] += share * (index % base)
                index //= base
    return points
