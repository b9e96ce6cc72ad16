# SPDX-License-Identifier: Apache-2.0
"""The gait: footsteps, step and timing adaptation and the swinging foot, in C (c/walk_*.h) and as a Python twin."""
from humanoid_control.balance.walk.footstep_numbers import FootstepNumbers
from humanoid_control.balance.walk.gait import Gait
from humanoid_control.balance.walk.gait_input import Footstep, GaitError, GaitInput, GaitOutput, GaitPhase
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration
from humanoid_control.balance.walk.walk_interface import WalkInterface

__all__ = ['Footstep', 'FootstepNumbers', 'Gait', 'GaitError', 'GaitInput', 'GaitOutput', 'GaitPhase', 'WalkConfiguration',
           'WalkInterface']
