# SPDX-License-Identifier: Apache-2.0
"""Monitors: each looks at an Observation and returns Findings of what is wrong now; none remembers faults."""

from humanoid_control.safety.monitors.balance_monitor import BalanceMonitor
from humanoid_control.safety.monitors.button_monitor import ButtonMonitor
from humanoid_control.safety.monitors.data_monitor import DataMonitor
from humanoid_control.safety.monitors.freshness_monitor import FreshnessMonitor
from humanoid_control.safety.monitors.joint_monitor import JointMonitor
from humanoid_control.safety.monitors.sensor_monitor import SensorMonitor
from humanoid_control.safety.monitors.system_monitor import SystemMonitor

__all__ = [
    'BalanceMonitor',
    'ButtonMonitor',
    'DataMonitor',
    'FreshnessMonitor',
    'JointMonitor',
    'SensorMonitor',
    'SystemMonitor',
]
