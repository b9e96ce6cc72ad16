# SPDX-License-Identifier: Apache-2.0
"""Limits: what no step of inverse kinematics may do."""
from humanoid_control.kinematics.limits.joint_limits import JointLimits
from humanoid_control.kinematics.limits.self_collision import CollisionPairState, SelfCollision

__all__ = ['CollisionPairState', 'JointLimits', 'SelfCollision']
