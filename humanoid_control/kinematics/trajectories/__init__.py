# SPDX-License-Identifier: Apache-2.0
"""Online trajectories: jerk-limited motion towards targets that may change at every tick."""
from humanoid_control.kinematics.trajectories.motion_limits import MotionLimits
from humanoid_control.kinematics.trajectories.pose_governor import PoseGovernor
from humanoid_control.kinematics.trajectories.vector_governor import VectorGovernor

__all__ = ['MotionLimits', 'PoseGovernor', 'VectorGovernor']
