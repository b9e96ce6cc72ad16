# SPDX-License-Identifier: Apache-2.0
"""The posture that the robot settles in."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import RobotModel

_TICK = 0.01
_LONGEST = 10.0


def settled_posture(robot: RobotModel, settings: KinematicsSettings | None = None, *, torso_pitch: float = 0.0,
                    com_height: float | None = None, hands: Mapping[str, pin.SE3] | None = None) -> np.ndarray:
    """Posture q, shape (nq,), base pose in base_footprint, that targets lead to from the stand posture.

    The place of the torso depends on where the arms are, as the CoM stays over the feet: for ArmReach give `hands`
    poses in the middle of the work.

    Args:
        torso_pitch: forward pitch [rad]. com_height: height of the CoM over the floor [m], None for that of the stand
            posture. hands: gripper poses in base_footprint by side.
    """
    body = WholeBodyKinematics(robot, settings)
    body.set_torso_pitch(torso_pitch)
    if com_height is not None:
        body.set_com_height(com_height)
    for side, pose in (hands or {}).items():
        body.lead_straight(side, pose)
    for _ in range(int(_LONGEST / _TICK)):
        body.update(_TICK)
        if not body.moving and np.abs(body.velocity).max() < 1e-4:
            break
    return body.state.q
