# SPDX-License-Identifier: Apache-2.0
"""How hard the robot can be pushed: `python -m bench.push_battery` prints tables and writes bench/results/push.json.

Pushes act on the torso for 0.1 s. Largest impulses are found by bisection in eight directions (0 = forward, 90 = to
the left), standing and walking at 0.3 m/s, there at two moments of the step. The battery pushes at the impulses that
must be survived, under low and high friction, wrong mass, delay and noise, and tells which pushes the safety supervisor
would have stopped the robot for although it did not fall.
"""
from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

from bench.walking_rig import WalkingRig
from bench.watched_rig import WatchedRig
from humanoid_control.model import RobotModel

DIRECTIONS = tuple(range(0, 360, 45))
WALKING = (0.3, 0.0, 0.0)
MOMENTS = (2.50, 2.67)               # [s] after the start: half a step apart
MUST, AIM = {'stand': 25.0, 'walk': 20.0}, {'stand': 35.0, 'walk': 30.0}
LARGEST, TOLERANCE = 70.0, 1.0       # [N s] of the bisection
RECOVERY = 3.0                       # [s] after the push without a fall
CONDITIONS = ({}, {'friction': 0.3}, {'friction': 0.6}, {'friction': 1.0}, {'mass_scale': 0.85}, {'mass_scale': 1.15},
              {'delay_ms': 5.0}, {'delay_ms': 10.0}, {'noise': 2.0},
              {'friction': 0.6, 'mass_scale': 1.05, 'delay_ms': 5.0})


def push(rig: WalkingRig, mode: str, direction: float, impulse: float, moment: float = MOMENTS[0]) -> bool:
    """Whether a robot that stands or walks stays up for RECOVERY seconds after one push."""
    ready = rig.run(0.5) if mode == 'stand' else rig.walk(WALKING, moment)
    rig.push(direction, impulse)
    return ready and rig.run(RECOVERY)


def largest(robot: RobotModel, mode: str, direction: float) -> float:
    """Largest impulse [N s] that is survived, at every moment when walking."""
    moments = MOMENTS if mode == 'walk' else MOMENTS[:1]
    low, high = 0.0, LARGEST
    while high - low > TOLERANCE:
        middle = (low + high) / 2
        if all(push(WalkingRig(robot, 1), mode, direction, middle, moment) for moment in moments):
            low = middle
        else:
            high = middle
    return round(low, 1)


def battery(robot: RobotModel) -> dict[str, object]:
    """Pushes at the impulses of MUST under all conditions."""
    lost, stopped, count = [], [], 0
    for options, mode, direction in itertools.product(CONDITIONS, MUST, DIRECTIONS):
        count += 1
        rig = WatchedRig(robot, count, **options)
        case = {'mode': mode, 'direction': direction, 'impulse_Ns': MUST[mode], **options}
        if not push(rig, mode, direction, MUST[mode]):
            lost.append(case)
        elif rig.faults:
            stopped.append(case | {'faults': ', '.join(rig.faults)})
    return {'survived': count - len(lost), 'of': count, 'lost': lost, 'stopped': stopped}


def main() -> int:
    """Run everything; 1 when a direction falls short of what must be survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=Path(__file__).parent / 'results' / 'push.json')
    arguments = parser.parse_args()
    robot = RobotModel.default()
    start = time.monotonic()
    result: dict[str, object] = {}
    for mode in MUST:
        found = {str(d): largest(robot, mode, d) for d in DIRECTIONS}
        result[f'{mode}_max_Ns'] = found
        print(f'{mode:5} largest impulse [N s], must {MUST[mode]:.0f}, aim {AIM[mode]:.0f}')
        print('      direction ' + ' '.join(f'{d:>5}' for d in found))
        print('      impulse   ' + ' '.join(f'{value:5.1f}' for value in found.values()), flush=True)
    outcome = battery(robot)
    result['battery'] = outcome
    print(f'battery: {outcome["survived"]} of {outcome["of"]} survived')
    for kind in ('lost', 'stopped'):
        for case in outcome[kind]:
            print('     ', kind, ', '.join(f'{key} {value}' for key, value in case.items()))
    result['wall_seconds'] = round(time.monotonic() - start)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    print(f'wrote {arguments.out}')
    short = [mode for mode in MUST if min(result[f'{mode}_max_Ns'].values()) < MUST[mode]]
    return 1 if short else 0


if __name__ == '__main__':
    sys.exit(main())
