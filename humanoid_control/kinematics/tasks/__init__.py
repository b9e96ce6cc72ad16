# SPDX-License-Identifier: Apache-2.0
"""Tasks: what a step of inverse kinematics should achieve."""
from humanoid_control.kinematics.tasks.com_task import ComTask
from humanoid_control.kinematics.tasks.frame_task import FrameTask
from humanoid_control.kinematics.tasks.gaze_task import GazeTask
from humanoid_control.kinematics.tasks.orientation_task import OrientationTask
from humanoid_control.kinematics.tasks.posture_task import PostureTask
from humanoid_control.kinematics.tasks.task import Task

__all__ = ['ComTask', 'FrameTask', 'GazeTask', 'OrientationTask', 'PostureTask', 'Task']
