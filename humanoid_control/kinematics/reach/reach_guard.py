# SPDX-License-Identifier: Apache-2.0
"""Decides whether a hand may be led to a pose, and which posture its arm should prefer there."""
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
_ROUNDS = 3


class ReachGuard:
    """Leads hands to targets that they can reach, and refuses others.

    A far target (farther than `far_distance` or `far_angle` from the last one that was checked) gets a search over
    all arm postures when it jumps, and a local one when it creeps there as servo targets do. Nearer targets pass.
    """

    def __init__(self, body: WholeBodyKinematics, settings: KinematicsSettings) -> None:
        self._body = body
        self._acceptance = settings.acceptance
        self._reach = ArmReach(body.robot, body.state.q, settings)
        self._checked: dict[str, pin.SE3 | None] = {side: None for side in SIDES}

    def reset(self) -> None:
        """Forget what was checked, as after the posture was taken over anew."""
        self._checked = {side: None for side in SIDES}

    def lead(self, side: str, pose: pin.SE3) -> ReachResult | None:
        """Set a hand target, in base_footprint.

        Returns:
            What the search found; None where the pose is near the last one checked.

        Raises:
            TargetRefused: out of reach; the reason says by how much. The hand keeps its target.
        """
        if self._near(pose, self._checked[side]):
            self._body.set_hand_target(side, pose)
            return None
        result = self._search(side, pose)
        if not result.reachable:
            x, y, z = pose.translation
            raise TargetRefused(f'({x:.3f}, {y:.3f}, {z:.3f}) m unreachable: {result.reason}')
        self._checked[side] = pose.copy()
        self._body.set_hand_target(side, pose, result.posture)
        return result

    def _search(self, side: str, pose: pin.SE3) -> ReachResult:
        body, hand = self._body, self._body.hands[side]
        present = body.position[hand.joints]
        creeping = self._near(pose, hand.target)
        self._reach.stand_at(body.state.q)
        torso, result = body.torso_target(), None
        for _ in range(_ROUNDS):
            self._reach.torso = torso
            result = self._reach.solve(side, pose, present if result is None else result.posture, local=creeping or result is not None)
            torso = body.torso_target({side: result.posture})
        return result

    def _near(self, pose: pin.SE3, other: pin.SE3 | None) -> bool:
        if other is None:
            return False
        offset = other.actInv(pose)
        return bool(np.linalg.norm(offset.translation) <= self._acceptance.far_distance
                    and np.linalg.norm(pin.log3(offset.rotation)) <= self._acceptance.far_angle)
