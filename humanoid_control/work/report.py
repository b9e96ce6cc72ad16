# SPDX-License-Identifier: Apache-2.0
"""What a shift did, in figures: believed by the robot and judged by the simulator."""
from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from humanoid_control.work.nut_cycle import CycleResult
from humanoid_control.work.walk_task import WalkRecord

SIDES = ('left', 'right')


@dataclass
class Trace:
    """Slow recording of a shift for its plots: one row a sample.

    Attributes:
        time: [s].
        cop: centre of pressure in base_footprint, (x, y) [m].
        effort: largest share of its limit that any joint's effort takes, by group of joints [0..1].
    """

    time: list[float] = field(default_factory=list)
    cop: list[tuple[float, float]] = field(default_factory=list)
    effort: dict[str, list[float]] = field(default_factory=dict)

    def add(self, time: float, cop: tuple[float, float], effort: Mapping[str, float]) -> None:
        """Append one sample."""
        self.time.append(time)
        self.cop.append(cop)
        for group, share in effort.items():
            self.effort.setdefault(group, []).append(share)


@dataclass
class ShiftReport:
    """Collects a shift's cycles; `as_json` and report_page turn it into files.

    Attributes:
        seed: of the simulation's randomness, None on the real robot.
        robot: 'sim' or 'real'.
        versions: of the software in use, by name.
        pictures: the newest picture of each station side: number of the cycle at whose end it was taken, and PNG bytes.
        falls, bumps: of the robot, as the simulator counts them.
        aborted: why the shift ended early, or None.
    """

    seed: int | None
    robot: str
    versions: dict[str, str]
    results: dict[int, CycleResult] = field(default_factory=dict)
    scores: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    pictures: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    falls: int = 0
    bumps: int = 0
    real_time_factor: float | None = None
    aborted: str | None = None

    def add_cycle(self, number: int, result: CycleResult) -> None:
        """Record what the robot believes of a cycle."""
        self.results[number] = result

    def add_score(self, score: Mapping[str, Any]) -> None:
        """Record the simulator's judgement; messages without a cycle carry only falls, bumps and speed."""
        if 'cycle' in score:
            self.scores[int(score['cycle'])] = score
        self.falls = max(self.falls, int(score.get('falls', 0)))
        self.bumps = max(self.bumps, int(score.get('bumps', 0)))
        if score.get('real_time_factor'):
            self.real_time_factor = float(score['real_time_factor'])

    def success(self, number: int, side: str) -> bool:
        """Judged success of a side where there is a judge, else what the robot believes."""
        if number in self.scores:
            return bool(self.scores[number][side])
        return self.results[number].sides[side].seated

    def rate(self, *sides: str) -> float | None:
        """Share of cycles in which all the sides succeeded; None before the first cycle."""
        if not self.results:
            return None
        return sum(all(self.success(n, s) for s in sides) for n in self.results) / len(self.results)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data; times in simulated (or real) seconds."""
        durations = [result.duration for result in self.results.values()]
        return {
            'seed': self.seed,
            'robot': self.robot,
            'cycles': [self._cycle(n) for n in sorted(self.results)],
            'both_rate': self.rate(*SIDES),
            'left_rate': self.rate('left'),
            'right_rate': self.rate('right'),
            'cycle_time_s': {'p50': statistics.median(durations) if durations else None,
                             'max': max(durations, default=None)},
            'falls': self.falls,
            'bumps': self.bumps,
            'real_time_factor': self.real_time_factor,
            'aborted': self.aborted,
            'versions': self.versions,
        }

    def write_json(self, path: str | Path) -> None:
        """Write `as_json` to a file."""
        Path(path).write_text(json.dumps(self.as_json(), indent=2) + '\n', encoding='utf-8')

    def _cycle(self, number: int) -> dict[str, Any]:
        result = self.results[number]
        failures = {side: f'{r.failure.code.value}: {r.failure}' for side, r in result.sides.items() if r.failure}
        score = self.scores.get(number)
        return {
            'left': self.success(number, 'left'),
            'right': self.success(number, 'right'),
            'start_s': round(result.start, 3),
            'time_s': round(result.duration, 3),
            'retries': sum(r.retries for r in result.sides.values()),
            'failure': failures or None,
            'believed': {side: r.seated for side, r in result.sides.items()},
            'judged_by': 'ground truth' if score else 'robot',
            'judgement': {k: v for k, v in score.items() if k.endswith('_detail')} if score else None,
            'events': result.events,
        } | ({'walks': [_walk(record) for record in result.walks]} if result.walks else {})


def _walk(record: WalkRecord) -> dict[str, Any]:
    """One walk as plain data: times [s], way [m]; how far off the tag board found the robot on arrival, in mm and degrees."""
    off, turned = record.drift if record.drift is not None else (None, None)
    return {
        'to': record.to,
        'time_s': round(record.end - record.start, 3),
        'way_m': round(record.way, 2),
        'off_mm': None if off is None else round(1e3 * off, 1),
        'off_deg': None if turned is None else round(math.degrees(turned), 2),
        'corrections': record.corrections,
        'failure': None if record.failure is None else f'{record.failure.code.value}: {record.failure}',
    }
