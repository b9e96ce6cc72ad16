# SPDX-License-Identifier: Apache-2.0
"""Watches, latches, stops."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.robot_configuration import RobotConfiguration
from humanoid_control.safety.balance_figures import BalanceFigures
from humanoid_control.safety.fault_latch import FaultLatch
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.monitors import (
    BalanceMonitor,
    ButtonMonitor,
    DataMonitor,
    FreshnessMonitor,
    JointMonitor,
    SensorMonitor,
    SystemMonitor,
)
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.safety_state import FaultReport, SafetyState
from humanoid_control.safety.settings import SafetySettings
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.stop_sequence import StopSequence

MODES = {
    StopCategory.NONE: 'running',
    StopCategory.PROTECTIVE: 'holding',
    StopCategory.CONTROLLED_SIT: 'sitting',
    StopCategory.POWER_OFF: 'off',
}


class Supervisor:
    """Decides which stop is in force.

    Until everything that it watches has been seen once, and no node still reports an error of its start, it holds the
    robot still (mode `starting`) and latches nothing but buttons. From then on whatever a monitor finds is latched.

    Attributes:
        state: as of the last call.
        fresh: faults latched by the last `update`.
    """

    def __init__(
        self,
        settings: SafetySettings,
        table: FaultTable,
        tree: LinkTree,
        robot: RobotConfiguration,
        wall_clock: Callable[[], str],
    ):
        """
        Args:
            wall_clock: date and time now, as text for people.

        Raises ModelError when URDF and robot file do not agree.
        """
        self._figures = BalanceFigures(tree, robot)
        self._latch = FaultLatch(table, wall_clock)
        self._sequence = StopSequence(settings.sit)
        self._freshness = FreshnessMonitor(settings.freshness, tuple(robot.legs))
        poses = tree.poses(robot.stand_posture)
        soles = [poses[tree.index(leg.sole)][2, 3] for leg in robot.legs.values()]
        self._balance = BalanceMonitor(settings.balance, float(poses[0][2, 3] - np.mean(soles)), tree.mass)
        base, imu = poses[tree.index(robot.frames.base)], poses[tree.index(robot.frames.imu)]
        self._button = ButtonMonitor(settings.button)
        self._data = DataMonitor(settings.joints, tree)
        self._monitors = (
            self._freshness,
            self._data,
            JointMonitor(settings.joints, tree),
            self._balance,
            SensorMonitor(settings.sensors, base[:3, :3].T @ imu[:3, :3]),
            SystemMonitor(settings.freshness),
        )
        self._complete = False
        self.fresh: list[FaultReport] = []
        self.state = SafetyState(mode='starting', stop=StopCategory.PROTECTIVE, since=0.0)

    def update(self, observation: Observation) -> SafetyState:
        """One round; fills in the observation's `balance`."""
        errors = (f'{name}: {message}' for name, message in observation.node_errors.items())
        missing = (*self._freshness.missing(observation), *self._button.missing(observation), *errors)
        self._complete = self._complete or not missing
        findings = list(self._button.check(observation))
        if self._complete:
            findings += self._look(observation)
        self.fresh = self._latch.observe(findings, observation.now)
        self._sequence.update(self._latch.demand, self._balance.height_share(observation), observation.now)
        return self._tell(observation, missing)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was strange in the last round and stops nobody."""
        return self._freshness.remarks

    def press(self, code: str, detail: str, now: float) -> None:
        """A button or service demands a stop; it is in force when this returns.

        Args:
            code: fault that says who demands what, e.g. `stop_pressed`.
        """
        self._latch.press(code, detail, now)
        self._sequence.update(self._latch.demand, None, now)
        self.state = self._state(self.state.waiting_for, self.state.figures)

    def reset(self, now: float) -> tuple[bool, str]:
        """Forget faults whose causes have gone; whether it succeeded, and what to say."""
        hindering = self._latch.reset()
        if hindering:
            first = hindering[0]
            more = f' (and {len(hindering) - 1} more)' if len(hindering) > 1 else ''
            return False, f'{first.title} {first.subject}'.strip() + f': still there{more}. {first.remedy}'
        self._sequence.reset(now)
        self.state = self._state(self.state.waiting_for, self.state.figures)
        return True, self.state.summary

    def _look(self, observation: Observation) -> list[Finding]:
        findings: list[Finding] = list(self._data.check(observation))
        # figures of what is no number would be none
        if not any(finding.code == 'not_a_number' for finding in findings):
            observation.balance = self._figures.compute(observation.sample)
        for monitor in self._monitors:
            if monitor is not self._data:
                findings += monitor.check(observation)
        return findings

    def _tell(self, observation: Observation, missing: tuple[str, ...]) -> SafetyState:
        figures = {'tilt': observation.sample.tilt}
        if observation.balance is not None:
            figures['dcm_margin'] = observation.balance.dcm_margin
            figures['pressure_margin'] = observation.balance.pressure_margin
            figures['height_share'] = self._balance.height_share(observation)
        finite = {
            name: round(value, 4) for name, value in figures.items() if value is not None and math.isfinite(value)
        }
        self.state = self._state(() if self._complete else missing, finite)
        return self.state

    def _state(self, waiting_for: tuple[str, ...], figures: dict[str, float]) -> SafetyState:
        stop, faults = self._sequence.stop, self._latch.reports()
        starting = not self._complete and stop is StopCategory.NONE
        if starting:
            mode, stop, summary = 'starting', StopCategory.PROTECTIVE, 'holding still until everything is seen'
        else:
            mode = MODES[stop]
            worst = min(faults, key=lambda fault: fault.stop, default=None)
            summary = 'all is well' if worst is None else f'{worst.title} {worst.subject}'.strip()
        return SafetyState(
            mode=mode,
            stop=stop,
            since=self._sequence.since,
            waiting_for=waiting_for,
            faults=faults,
            figures=figures,
            summary=summary,
        )
