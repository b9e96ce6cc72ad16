# SPDX-License-Identifier: Apache-2.0
"""Who watches, when the robot is stopped, how hard, and how it goes on."""

from humanoid_control.safety.balance_figures import Balance, BalanceFigures
from humanoid_control.safety.robot_sample import RobotSample
from humanoid_control.safety.safety_state import FaultReport, SafetyState, SafetyStateError
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.stop_listener import StopListener

__all__ = [
    'Balance',
    'BalanceFigures',
    'FaultReport',
    'RobotSample',
    'SafetyState',
    'SafetyStateError',
    'StopCategory',
    'StopListener',
]
