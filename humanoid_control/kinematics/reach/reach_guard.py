# SPDX-License-Identifier: Apache-2.0
"""Decides whether and how a hand is led to a pose."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.reach.arm_reach import ArmReach
from humanoid_control.kinematics.reach.reach_result import ReachResult
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model.robot_configuration import SIDES

# The body gives way to the arm's weight; this many rounds of arm and body follow one another.
_ROUNDS = 2


class ReachGuard:
    """Leads hands to targets that they can reach, and refuses others.

    Targets near the last one that was checked (`check_distance`, `check_angle`) pass. A target that creeps on, as servo
    targets do, is checked next to the present posture. One that jumps (`far_distance`, `far_angle`) gets a search over all arm postures, and
    is approached on a straight line where the arm can follow that, else by an even motion of the arm's joints.
    """

    def __init__(self, body: WholeBodyKinematics, settings: KinematicsSettings) -> None:
        self._body = body
        self._settings = settings
        self._reach = ArmReach(body.robot, body.state.q, settings)
        self._checked: dict[str, pin.SE3 | None] = {side: None for side in SIDES}

    def reset(self) -> None:
        """Forget what was checked, as after the posture was taken over anew."""
        self._checked = {side: None for side in SIDES}

    def lead(self, side: str, pose: pin.SE3) -> ReachResult | None:
        """Set a hand target, in base_footprint.

        Returns:
            The posture that leads there; None where the pose is near the last one checked.

        Raises:
            TargetRefused: out of reach; the reason says by how much. The hand keeps its target.
        """
        hand = self._body.hands[side]
        limits = self._settings.acceptance
        if _near(pose, self._checked[side], limits.check_distance, limits.check_angle):
            hand.move_target(pose)
            return None
        creeping = _near(pose, hand.target, limits.far_distance, limits.far_angle)
        result = self._search(side, pose, creeping)
        if not result.reachable:
            raise TargetRefused(f'{_place(pose)} unreachable: {result.reason}')
        if creeping:
            self._body.lead_straight(side, pose)
        else:
            result = self._approach(result)
        self._checked[side] = pose.copy()
        return result

    def _search(self, side: str, pose: pin.SE3, creeping: bool) -> ReachResult:
        """Reach with the torso where it will be then, which depends on the arm."""
        body = self._body
        self._reach.stand_at(body.state.q)
        self._reach.torso = body.torso_target()
        result = self._reach.solve(side, pose, body.position[body.hands[side].joints], local=creeping)
        for _ in range(_ROUNDS):
            self._reach.torso = body.torso_target({side: result.posture})
            result = self._reach.solve(side, pose, result.posture, local=True)
        return result

    def _approach(self, result: ReachResult) -> ReachResult:
        """Lead the hand there on a free way; the posture it ends in may be another than the one first found."""
        body, side = self._body, result.side
        hand = body.hands[side]
        start = body.position[hand.joints]
        way = self._reach.follow(side, [self._reach.hand_pose(side, start), result.pose], start)
        if way.reachable:
            body.lead_straight(side, result.pose)
            return way.end
        for option in self._reach.options(side, result.pose, result.posture):
            free = option.reachable and self._reach.swing_clearance(side, start, option.posture) >= body.self_collision.standoff
            if free:
                body.lead_by_joints(side, result.pose, option.posture)
                return option
        raise TargetRefused(f'{_place(result.pose)} is in reach but there is no free way to it: straight, {way.tightest.reason}; '
                            'by the joints, too near another link. Give a target in between')


def _near(pose: pin.SE3, other: pin.SE3 | None, distance: float, angle: float) -> bool:
    if other is None:
        return False
    offset = other.actInv(pose)
    return bool(np.linalg.norm(offset.translation) <= distance and np.linalg.norm(pin.log3(offset.rotation)) <= angle)


def _place(pose: pin.SE3) -> str:
    x, y, z = pose.translation
    return f'({x:.3f}, {y:.3f}, {z:.3f}) m'
