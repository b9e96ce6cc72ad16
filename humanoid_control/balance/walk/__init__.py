# SPDX-License-Identifier: Apache-2.0
"""The gait: footsteps, step and timing adaptation and the swinging foot, in C (c/walk_*.h) and as a Python twin."""
from humanoid_control.balance.walk.gait import Gait
from humanoid_control.balance.walk.gait_input import Footstep, GaitInput, GaitOutput, GaitPhase
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

__all__ = ['Footstep', 'Gait', 'GaitInput', 'GaitOutput', 'GaitPhase', 'WalkConfiguration']
