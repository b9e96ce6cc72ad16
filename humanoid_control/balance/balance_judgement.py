# SPDX-License-Identifier: Apache-2.0
"""What the balance controller says of itself on `diagnostics`."""
from __future__ import annotations

import numpy as np

from humanoid_control.balance.balance_controller import POWER_OFF, BalanceController
from humanoid_control.balance.native_structs import Mode, ReferenceSource
from humanoid_control.middleware.level import Level

LONGEST_SILENCE = 1.0  # [s]
# the simulated gyroscope is off by 0.002 rad/s (rms), good ones by less than 0.004; the estimator takes off up to 0.1 rad/s
GYROSCOPE_DRIFTS = 0.008  # [rad/s]
REMEMBERED = 10  # reports for which something that was over at once is told
AXES = 'xyz'


class BalanceJudgement:
    """Judges, report after report, what the controller went through and bears."""

    def __init__(self, controller: BalanceController):
        self._controller = controller
        self._gaps = self._restarts = 0
        self._told = 0

    def judge(self, silence: float = 0.0) -> tuple[Level, str]:
        """Level and words for now.

        Args:
            silence: time of the computer's clock since the last low_state [s].
        """
        controller = self._controller
        warnings = self._warnings()
        if silence > LONGEST_SILENCE:
            return Level.STALE, f'no low_state for {silence:.0f} s: is the driver or the simulator running?'
        if controller.report.reason == POWER_OFF:
            return Level.WARN, controller.reason  # as it was told: an error would stand in the way of a reset
        if controller.mode != Mode.STANDING:
            return Level.ERROR, f'{controller.mode.name.lower()}: {controller.reason}'
        if warnings:
            return Level.WARN, '; '.join(('standing', *warnings))
        if controller.reference_source == ReferenceSource.NONE:
            return Level.OK, 'standing in the measured posture, no whole_body/reference yet'
        return Level.OK, 'standing'

    def _warnings(self) -> list[str]:
        report = self._controller.report
        self._said: list[str] = []
        missing = [side for side, bad in zip(('left', 'right'), report.sole_missing) if bad]
        if missing:
            self._warn(f'the {" and ".join(missing)} sole sensor makes no sense, planned forces are believed')
        self._watch_stamps()
        bias = np.array(report.gyro_bias)
        axis = int(np.argmax(np.abs(bias)))
        if abs(bias[axis]) > GYROSCOPE_DRIFTS:
            self._warn(f'the gyroscope drifts: {bias[axis]:+.3f} rad/s about {AXES[axis]} of the base are taken off')
        if self._controller.reference_source == ReferenceSource.STALE:
            self._warn(f'whole_body/reference is stale ({report.reference_age:.1f} s), its last posture is held')
        if report.cop_margin < 0.0:
            self._warn('the centre of pressure is at the edge of the support polygon')
        return self._said

    def _watch_stamps(self) -> None:
        """A jump is over within one tick: tell it for a while."""
        report = self._controller.report
        if (report.gaps, report.restarts) != (self._gaps, self._restarts):
            # counters begin anew with every activation
            self._told = REMEMBERED if report.gaps > self._gaps or report.restarts > self._restarts else 0
            self._gaps, self._restarts = report.gaps, report.restarts
        if self._told > 0:
            self._told -= 1
            if report.stamp_jump < 0.0:
                self._warn(f'stamps of low_state went back by {-report.stamp_jump:.2f} s ({report.restarts} so far): it began anew')
            else:
                self._warn(f'stamps of low_state jumped ahead by {report.stamp_jump:.2f} s or states were lost ({report.gaps} so far): '
                           'it began anew')

    def _warn(self, text: str) -> None:
        self._said.append(text)
