# SPDX-License-Identifier: Apache-2.0
"""Reach of the arms of a standing robot."""
from __future__ import annotations

from collections.abc import Sequence

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
        chain = self._chains[side]
        target = self.torso.actInv(pose)
        first = self.q[self._columns[side]] if start is None else start
        found = [chain.solve(target, first)]
        if not (found[0].converged and (local or found[0].margin >= self._settings.reach.enough_margin)):
            found += [chain.solve(target, seed) for seed in self._seeds[side]]
        reached = [s for s in found if s.converged]
        if not reached:
            nearest = min(found, key=lambda s: s.position_error + self._settings.reach.position_tolerance * s.orientation_error)
            return self._result(side, pose, nearest, self._clearance_at(side, nearest.posture), self._why_not(nearest))
        if found[0].converged and found[0].margin + _STAY_MARGIN < max(s.margin for s in reached) or not found[0].converged:
            reached.sort(key=lambda s: -s.margin)
        best: tuple[ChainSolution, float] | None = None
        for solution in reached:
            clearance = self._clearance_at(side, solution.posture)
            if best is None or clearance > best[1]:
                best = (solution, clearance)
            if clearance >= self._settings.collision.margin:
                break
        solution, clearance = best
        reason = ''
        if clearance < self._settings.collision.margin and not local:
            reason = f'every posture found comes within {max(clearance, 0.0):.3f} m of another link'
        elif solution.margin < self._settings.reach.margin:
            reason = f'only with a joint {max(solution.margin, 0.0):.3f} rad from its limit'
        return self._result(side, pose, solution, clearance, reason)

    def follow(self, side: str, way: Sequence[pin.SE3], start: np.ndarray | None = None) -> WayResult:
        """Lead the gripper frame along straight lines through `way` (in base_footprint) without letting go of the posture.

        A pose may be in reach with a posture that the arm cannot take on the way there; this tells. The first pose is
        where the way starts, from any posture or from `start` [rad].
        """
        chain = self._chains[side]
        tightest = result = self.solve(side, way[0], start, local=start is not None)
        last = chain.solution_at(result.posture)
        for begin, end in zip(way[:-1], way[1:]):
            turn = pin.log3(begin.rotation.T @ end.rotation)
            length = float(np.linalg.norm(end.translation - begin.translation))
            pieces = max(1, int(np.ceil(max(length / _PIECE_LENGTH, np.linalg.norm(turn) / _PIECE_ANGLE))))
            for piece in range(1, pieces + 1):
                if not result.reachable:
                    return WayResult(False, tightest.margin, result, result.posture)
                share = piece / pieces
                pose = pin.SE3(begin.rotation @ pin.exp3(share * turn),
                               begin.translation + share * (end.translation - begin.translation))
                solution = chain.track(self.torso.actInv(pose), last)
                clearance = result.clearance if piece % _PIECES_PER_CLEARANCE and piece < pieces \
                    else self._clearance_at(side, solution.posture)
                result = self._result(side, pose, solution, clearance, self._why_not_along(solution, last, clearance))
                if solution.margin < tightest.margin:
                    tightest = result
                last = solution
        return WayResult(result.reachable, tightest.margin, tightest if result.reachable else result, result.posture)

    def swing_clearance(self, side: str, begin: np.ndarray, end: np.ndarray) -> float:
        """Least distance [m] of the arm to other links while its joints move evenly from `begin` to `end` [rad]."""
        pieces = max(1, int(np.ceil(np.abs(end - begin).max() / _PIECE_SWING)))
        return min(self._clearance_at(side, begin + share * (end - begin)) for share in np.arange(0, pieces + 1) / pieces)

    def hand_pose(self, side: str, posture: np.ndarray) -> pin.SE3:
        """Pose of the gripper frame in base_footprint at arm angles [rad]."""
        return self.torso * self._chains[side].forward(posture)

    def _why_not_along(self, solution: ChainSolution, last: ChainSolution, clearance: float) -> str:
        """Why the arm can't go on from the last posture to the next; empty where it can."""
        if not solution.converged:
            return f'on the way, {self._why_not(solution)}'
        if np.abs(solution.posture - last.posture).max() > _PIECE_STEP:
            return 'on the way, the arm would have to fold over'
        if solution.margin < self._settings.reach.margin:
            return f'on the way, a joint comes within {max(solution.margin, 0.0):.3f} rad of its limit'
        if clearance < self._settings.collision.margin:
            return f'on the way, the arm comes within {max(clearance, 0.0):.3f} m of another link'
        return ''

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

    @staticmethod
    def _result(side: str, pose: pin.SE3, solution: ChainSolution, clearance: float, reason: str) -> ReachResult:
        return ReachResult(side, pose, not reason, solution.posture, solution.margin, clearance, solution.position_error,
                           solution.orientation_error, reason)


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
