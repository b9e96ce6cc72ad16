# SPDX-License-Identifier: Apache-2.0
"""A shift's report as one HTML page that needs nothing beside itself."""
from __future__ import annotations

import base64
import html
import math

from humanoid_control.work.line_plot import line_plot
from humanoid_control.work.report import SIDES, ShiftReport
from humanoid_control.work.walk_task import WalkRecord

STYLE = '''
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #212529 }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dee2e6 }
.yes { color: #2b8a3e } .no { color: #c92a2a; font-weight: 600 } .figures { display: flex; flex-wrap: wrap; gap: 1rem }
.figure { background: #f1f3f5; border-radius: .5rem; padding: .6rem 1rem } .figure b { display: block; font-size: 1.4rem }
.pictures { display: flex; flex-wrap: wrap; gap: .8rem } figure { margin: 0 } img { max-width: 300px; border-radius: .4rem }
svg { max-width: 100%; height: auto } figcaption, .small { color: #495057; font-size: .85rem }
'''


def report_page(report: ShiftReport) -> str:
    """HTML text with figures, a row a cycle, a picture of each side and plots of CoP, efforts and times."""
    data = report.as_json()
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>Nut station shift</title><style>{STYLE}</style></head><body><h1>Nut station shift</h1>',
        f'<p class="no">Ended early: {html.escape(report.aborted)}</p>' if report.aborted else '',
        _figures(data), '<h2>Cycles</h2>', _cycles(report), '<h2>Last look at each side</h2>', _pictures(report),
        '<h2>Cycle time</h2>', line_plot({'cycle time': (list(range(1, len(data['cycles']) + 1)),
                                                         [c['time_s'] for c in data['cycles']])}, 'cycle', 's'),
        '<h2>Centre of pressure</h2>', _cop(report), '<h2>Effort, share of the limit</h2>', _effort(report),
        '<h2>Versions</h2><p class="small">', html.escape(', '.join(f'{k} {v}' for k, v in sorted(report.versions.items()))),
        '</p></body></html>\n',
    ]
    return '\n'.join(p for p in parts if p)


def _figures(data: dict) -> str:
    def share(value: float | None) -> str:
        return '-' if value is None else f'{100 * value:.1f} %'

    def seconds(value: float | None) -> str:
        return '-' if value is None else f'{value:.1f} s'

    shown = [('both sides', share(data['both_rate'])), ('left', share(data['left_rate'])), ('right', share(data['right_rate'])),
             ('cycle, median', seconds(data['cycle_time_s']['p50'])), ('cycle, longest', seconds(data['cycle_time_s']['max'])),
             ('falls', str(data['falls'])), ('bumps', str(data['bumps'])), ('seed', '-' if data['seed'] is None else str(data['seed']))]
    return '<div class="figures">' + ''.join(f'<div class="figure"><b>{html.escape(v)}</b>{k}</div>' for k, v in shown) + '</div>'


def _cycles(report: ShiftReport) -> str:
    rows, walked = [], any(result.walks for result in report.results.values())
    for number, result in sorted(report.results.items()):
        cells = [str(number)]
        for side in SIDES:
            good, believed = report.success(number, side), result.sides[side].seated
            note = '' if good == believed else f' <span class="small">(robot believed {"seated" if believed else "not seated"})</span>'
            cells.append(f'<span class="{"yes" if good else "no"}">{"seated" if good else "not seated"}</span>{note}')
        failures = [f'{side}: {html.escape(str(r.failure))} <span class="small">- {html.escape(r.failure.remedy)}</span>'
                    for side, r in result.sides.items() if r.failure]
        if walked:
            cells.append('<br>'.join(map(_walk, result.walks)) or '-')
        cells += [f'{result.duration:.1f} s', str(sum(r.retries for r in result.sides.values())), '<br>'.join(failures) or '-']
        rows.append('<tr>' + ''.join(f'<td>{cell}</td>' for cell in cells) + '</tr>')
    head = ''.join(f'<th>{h}</th>' for h in ('cycle', 'left', 'right', *(['walks'] if walked else []), 'time', 'retries', 'failure and what to do'))
    return f'<table><tr>{head}</tr>{"".join(rows)}</table>'


def _walk(record: WalkRecord) -> str:
    """A walk in words; how far off is what the odometry had drifted, as the tag board showed on arrival."""
    if record.failure is not None:
        return f'<span class="no">{html.escape(f"{record.to}: {record.failure}")}</span>'
    off = '' if record.drift is None else f', {1e3 * record.drift[0]:.0f} mm and {math.degrees(record.drift[1]):.1f}° off on arrival'
    again = f', corrected {record.corrections} times' if record.corrections else ''
    return f'{html.escape(record.to)}: {record.way:.1f} m in {record.end - record.start:.0f} s<span class="small">{off}{again}</span>'


def _pictures(report: ShiftReport) -> str:
    if not report.pictures:
        return '<p class="small">No picture was taken.</p>'
    shown = []
    for side in SIDES:
        if side in report.pictures:
            number, picture = report.pictures[side]
            encoded = base64.b64encode(picture).decode()
            shown.append(f'<figure><img alt="{side} side" src="data:image/png;base64,{encoded}">'
                         f'<figcaption>{side}, cycle {number}</figcaption></figure>')
    return f'<div class="pictures">{"".join(shown)}</div>'


def _cop(report: ShiftReport) -> str:
    loaded = [(t, x, y) for t, (x, y) in zip(report.trace.time, report.trace.cop) if math.isfinite(x)]
    times = [t for t, _, _ in loaded]
    return line_plot({'forward': (times, [1e3 * x for _, x, _ in loaded]), 'left': (times, [1e3 * y for _, _, y in loaded])}, 's', 'mm')


def _effort(report: ShiftReport) -> str:
    return line_plot({group: (report.trace.time, shares) for group, shares in report.trace.effort.items()}, 's', '')
