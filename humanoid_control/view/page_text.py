# SPDX-License-Identifier: Apache-2.0
"""The words and tables of the browser view as HTML; everything that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.safety_state import FaultReport, SafetyState
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.view.view_state import LogLine, ViewState

GREEN, AMBER, RED, GREY = '#1e8e4e', '#b26a00', '#c0262d', '#5f6b7a'
BANNER_COLOUR = {
    StopCategory.NONE: GREEN,
    StopCategory.PROTECTIVE: AMBER,
    StopCategory.CONTROLLED_SIT: AMBER,
    StopCategory.POWER_OFF: RED,
}
WARNING, ERROR = 30, 40
HOT = 70.0  # [degree C] from here on a temperature is shown in red
LOADED = 0.8  # of the effort limit, from here on a torque is shown in red


def banner(safety: SafetyState | None) -> str:
    """The line at the top that tells from afar how the robot is."""
    if safety is None:
        return _block(
            GREY,
            'Safety supervisor is silent',
            'Nobody watches the robot. Run the doctor; use the hardware stop if needed.',
        )
    title = {
        'starting': 'Starting',
        'running': 'Running',
        'holding': 'Stopped: holds still',
        'sitting': 'Stopped: sits down',
        'off': 'Stopped: power off',
    }.get(safety.mode, safety.mode)
    colour = GREY if safety.mode == 'starting' else BANNER_COLOUR[safety.stop]
    waiting = f'waiting for {", ".join(safety.waiting_for)}' if safety.waiting_for else ''
    return _block(colour, title, waiting or safety.summary)


def work(state: ViewState) -> str:
    """Stage, cycle and success so far."""
    lines = []
    if state.work:
        rate, left = state.work.get('both_rate'), state.work.get('time_left_s')
        lines = [
            ('stage', state.work.get('stage', '?')),
            ('cycle', f'{state.work.get("cycle", "?")} of {state.work.get("cycles", "?")}'),
            ('both sides seated', '-' if rate is None else f'{100 * rate:.0f} %'),
            ('time left', '-' if left is None else duration(left)),
        ]
    balance = state.balance
    if balance is not None and balance.pressure_margin is not None and balance.dcm_margin is not None:
        lines.append(('pressure to edge', f'{1000 * balance.pressure_margin:.0f} mm'))
        lines.append(('balance to edge', f'{1000 * balance.dcm_margin:.0f} mm'))
    if state.refusal:
        lines.append(('target refused', state.refusal))
    if state.paused:
        lines.append(('simulation', 'paused'))
    if state.silent:
        lines.append(('silent', ', '.join(state.silent)))
    if state.answer:
        lines.append(('last button', state.answer))
    return _table(lines) if lines else '<p>No work is reported.</p>'


def faults(safety: SafetyState | None) -> str:
    """Latched faults with what to do, the hardest first."""
    if safety is None or not safety.faults:
        return '<p>No faults.</p>'
    return ''.join(_fault(fault) for fault in sorted(safety.faults, key=lambda fault: (fault.stop, fault.first_seen)))


def joints(state: ViewState, tree: LinkTree) -> str:
    """Angle, torque and temperature of every joint."""
    rows = []
    for name in tree.movable:
        if name not in state.sample.position:
            continue
        joint = tree.joints[name]
        slide = joint.kind == 'prismatic'
        value, unit = (
            (1000 * state.sample.position[name], 'mm') if slide else (57.29578 * state.sample.position[name], '°')
        )
        effort = state.sample.effort.get(name, 0.0)
        share = abs(effort) / joint.effort if joint.effort else 0.0
        heat = state.temperature.get(name)
        rows.append(
            f'<tr><td>{escape(name)}</td><td style="text-align:right">{value:.1f} {unit}</td>'
            f'<td style="text-align:right{_red(share > LOADED)}">{effort:.0f} {"N" if slide else "N m"}</td>'
            f'<td style="text-align:right{_red(share > LOADED)}">{100 * share:.0f} %</td>'
            f'<td style="text-align:right{_red(heat is not None and heat > HOT)}">'
            f'{"-" if heat is None else f"{heat:.0f} °C"}</td></tr>'
        )
    if not rows:
        return '<p>No joint reports yet.</p>'
    head = '<tr><th>joint</th><th>position</th><th>load</th><th>of limit</th><th>heat</th></tr>'
    return f'<table style="width:100%;font-size:11px;padding:0 8px">{head}{"".join(rows)}</table>'


def log(lines: Iterable[LogLine], count: int) -> str:
    """The latest messages, newest first."""
    latest = list(lines)[-count:][::-1]
    if not latest:
        return '<p>No messages yet.</p>'
    return (
        '<div style="font-size:11px;font-family:monospace;padding:0 8px">'
        + ''.join(
            f'<div style="color:{RED if line.level >= ERROR else AMBER if line.level >= WARNING else "inherit"};'
            f'border-bottom:1px solid #8883">{escape(line.node)}: {escape(line.text)}</div>'
            for line in latest
        )
        + '</div>'
    )


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f'{minutes} min {rest} s' if minutes else f'{rest} s'


def _fault(fault: FaultReport) -> str:
    colour = BANNER_COLOUR[fault.stop]
    still = 'still there' if fault.active else 'gone, press reset'
    times = f', {fault.count} times' if fault.count > 1 else ''
    return (
        f'<div style="border-left:5px solid {colour};padding:2px 8px;margin:6px 8px;font-size:12px">'
        f'<b>{escape(fault.title)}</b> {escape(fault.subject)} <i>({still}{times})</i><br>{escape(fault.detail)}<br>'
        f'since {escape(fault.first_seen_wall)}, code {escape(fault.code)}<br><b>Do:</b> {escape(fault.remedy)}</div>'
    )


def _block(colour: str, title: str, text: str) -> str:
    return (
        f'<div style="background:{colour};color:white;border-radius:6px;padding:8px 12px;margin:4px 8px">'
        f'<div style="font-size:18px;font-weight:700">{escape(title)}</div><div style="font-size:12px">{escape(text)}</div></div>'
    )


def _table(lines: Iterable[tuple[str, str]]) -> str:
    rows = ''.join(
        f'<tr><td style="opacity:.7;padding-right:8px">{escape(str(k))}</td><td>{escape(str(v))}</td></tr>'
        for k, v in lines
    )
    return f'<table style="font-size:13px;padding:0 8px">{rows}</table>'


def _red(on: bool) -> str:
    return f';color:{RED};font-weight:700' if on else ''
