# SPDX-License-Identifier: Apache-2.0
"""Diagnostics of the balance node (REP-107), and what it does at the moment."""
from __future__ import annotations

import math

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.balance.balance_judgement import BalanceJudgement
from humanoid_control.balance.native_structs import Mode
from humanoid_control.middleware.diagnostics_node import Diagnostics

TIMED_TICKS = 500
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class BalanceDiagnostics:
    """Collects tick times and problems; publishes one status a second, and `balance/status` whenever the mode changes."""

    def __init__(self, node: Node, controller: BalanceController):
        self._node, self._controller = node, controller
        self._diagnostics = Diagnostics(node, 'controller', controller.robot.configuration.name)
        self._judgement = BalanceJudgement(controller)
        self._modes = node.create_publisher(DiagnosticStatus, 'balance/status', LATCHED)
        self._times = np.zeros(TIMED_TICKS)
        self._count = 0
        self.refused = 0            # messages refused since activation
        self.last_refusal = ''      # why

    def destroy(self) -> None:
        """Take the topic down."""
        self._node.destroy_publisher(self._modes)
        self._diagnostics.destroy()

    def add_time(self, nanoseconds: int) -> None:
        """Note how long a tick took."""
        self._times[self._count % TIMED_TICKS] = nanoseconds
        self._count += 1

    def refuse(self, reason: str) -> bool:
        """Note a refused message; True when the reason is a new one."""
        self.refused += 1
        new, self.last_refusal = reason != self.last_refusal, reason
        return new

    def tell_mode(self) -> None:
        """Send the controller's mode and, unless it stands, why."""
        controller, report = self._controller, self._controller.report
        mode = controller.mode.name.lower()
        level = {Mode.STANDING: DiagnosticStatus.OK, Mode.HOLDING: DiagnosticStatus.WARN}.get(
            controller.mode, DiagnosticStatus.ERROR)
        message = mode if controller.mode == Mode.STANDING else f'{mode}: {controller.reason}'
        status = DiagnosticStatus(level=level, name=f'{self._node.get_name()}: mode', message=message)
        status.values = [KeyValue(key='stamp [ns]', value=str(report.stamp)),
                         KeyValue(key='DCM to nearest sole [m]', value=f'{report.capture_distance:.3f}')]
        self._modes.publish(status)

    def publish(self, silence: float) -> None:
        """Send the status; `silence` is the wall time since the last low_state [s]."""
        level, message = self._judgement.judge(silence)
        self._diagnostics.publish(level.byte, message, self._values())

    def _values(self) -> dict[str, str]:
        report = self._controller.report
        values = {
            'mode': self._controller.mode.name.lower(), 'ticks': str(report.ticks), 'failures': str(report.failures),
            'programs solved without joint limits': str(report.relaxed), 'gaps in low_state': str(report.gaps),
            'times low_state went back': str(report.restarts),
            'gyroscope is off by [rad/s]': ', '.join(f'{bias:.4f}' for bias in report.gyro_bias),
            'feet standing': ', '.join(side for side, on in zip(('left', 'right'), report.foot_standing) if on) or 'none',
            'foot forces [N]': ', '.join(f'{force:.0f}' for force in report.foot_force),
            'centre of pressure to edge [m]': f'{report.cop_margin:.3f}',
            'DCM to edge [m]': f'{report.dcm_margin:.3f}',
            'DCM to nearest sole [m]': f'{report.capture_distance:.3f}',
            'hand errors [mm]': ', '.join(f'{error * 1e3:.1f}' for error in report.hand_position_error),
            'reference': self._controller.reference_source.name.lower(),
            'reference age [s]': f'{report.reference_age:.3f}',
            'messages refused': str(self.refused),
        }
        if self.last_refusal:
            values['last refusal'] = self.last_refusal
        if self._count:
            times = self._times[:min(self._count, TIMED_TICKS)]
            values['tick [us] p50, p99'] = ', '.join(f'{t / 1e3:.0f}' for t in np.percentile(times, [50, 99]))
        return {key: value for key, value in values.items() if not (value == 'nan' or math.isnan(_number(value)))}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
