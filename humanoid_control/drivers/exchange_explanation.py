# SPDX-License-Identifier: Apache-2.0
"""The exchange's state in words."""

from __future__ import annotations

from collections.abc import Sequence

from humanoid_control.drivers.exchange_types import Cause, State, Status
from humanoid_control.drivers.messages import fault_text

_STATES = {
    State.OFF: 'off',
    State.ENABLING: 'switching the motors on',
    State.RUN: 'obeying commands',
    State.HOLD: 'holding the posture until commands come',
    State.SIT: 'sitting down',
}
_CONSEQUENCES = {State.HOLD: 'holding the posture', State.SIT: 'sitting down', State.OFF: 'motors off'}


def explain(status: Status, motors: Sequence[str], joints: Sequence[str], buses: Sequence[str]) -> str:
    """What the exchange does and why; the names are in the exchange's order."""
    state = State(status.state)
    if not status.latched:
        return _STATES[state]
    return f'{_reason(status, motors, joints, buses)}: {_CONSEQUENCES.get(state, _STATES[state])}'


def _reason(status: Status, motors: Sequence[str], joints: Sequence[str], buses: Sequence[str]) -> str:
    motor, joint, bus = (names[status.place] if status.place < len(names) else '?' for names in (motors, joints, buses))
    detail = status.detail
    return {
        Cause.NONE: 'stopped',
        Cause.STALE: f'no joint command for {detail:.2f} s',
        Cause.REQUEST: f'stop of category {status.place} was asked for',
        Cause.MOTOR_SILENT: f'motor {motor!r} has not answered for {detail * 1e3:.0f} ms',
        Cause.BUS_LOST: f'bus {bus!r} is lost',
        Cause.MOTOR_FAULT: f'motor {motor!r} reports {fault_text(int(detail))}',
        Cause.MOTOR_LIMP: f'motor {motor!r} left run mode by itself',
        Cause.TEMPERATURE: f'motor {motor!r} is too hot, {detail:.1f} deg C',
        Cause.VOLTAGE: f'supply of motor {motor!r} is {detail:.1f} V',
        Cause.JOINT_RANGE: f'joint {joint!r} stands at {detail:.3f}, beyond its limits',
        Cause.ENCODER: f'position of motor {motor!r} jumps',
        Cause.NOT_ENABLED: f'motor {motor!r} did not come to run mode (faults: {fault_text(int(detail))})',
        Cause.LINKAGE: f'motors of the linkage of {joint!r} fit no posture',
    }[Cause(status.cause)]
