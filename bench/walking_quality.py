# SPDX-License-Identifier: Apache-2.0
"""How well the robot walks: `python -m bench.walking_quality` prints a table and writes bench/results/walking.json.

For each commanded velocity: the speed that comes of it, and how far each foot slides while it carries; with all sensor errors
of config/simulator.yaml, and under the hard conditions (delay, noise, mass, friction together). Then it walks and turns for
twenty minutes without a rest, each few seconds at another velocity.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from bench.walking_rig import WalkingRig
from humanoid_control.model import RobotModel

VELOCITIES = ((0.3, 0.0, 0.0), (0.6, 0.0, 0.0), (0.9, 0.0, 0.0), (1.2, 0.0, 0.0), (-0.3, 0.0, 0.0), (-0.5, 0.0, 0.0),
              (0.0, 0.2, 0.0), (0.0, -0.2, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 0.5), (0.0, 0.0, -0.8), (0.3, 0.1, 0.3))
SETTLING, MEASURED = 4.0, 15.0       # [s]
MUST_SLIP, AIM_SLIP = 5.0, 2.0       # [mm] a step, 95th percentile
SLOWEST, FASTEST = (-0.4, -0.2, -0.7), (1.0, 0.2, 0.7)      # [m/s, rad/s] forward, left, turn
ENDURED = 20.0                       # [min]
HARD = {'friction': 0.6, 'mass_scale': 1.05, 'delay_ms': 5.0}
HARDEST = {'friction': 0.6, 'mass_scale': 1.05, 'delay_ms': 10.0}


def measure(robot: RobotModel, velocity: tuple[float, float, float], seed: int = 1, **options: float) -> dict[str, object]:
    """Walk at a velocity and stop; speeds in the robot's own axes, from ground truth."""
    rig = WalkingRig(robot, seed, **options)
    if not (rig.run(0.5) and rig.walk(velocity, SETTLING)):
        return {'velocity': velocity, 'fell': True}
    places, slips, up = [rig.place()], len(rig.slips), True
    for _ in range(round(MEASURED / 0.1)):
        up = up and rig.run(0.1)
        places.append(rig.place())
    speed = mean_speed(np.array(places), 0.1)
    error = np.linalg.norm(speed - velocity)
    return {'velocity': velocity, 'fell': not up, 'speed': speed.round(3).tolist(),
            'error_percent': round(100 * error / np.linalg.norm(velocity), 1),
            'slip_mm': {f'p{share}': round(1e3 * float(np.percentile(rig.slips[slips:], share)), 2) for share in (50, 95)},
            'stops': bool(up and rig.stop())}


def endure(robot: RobotModel, minutes: float, seed: int = 1) -> dict[str, object]:
    """Walk and turn without a rest at velocities drawn over the whole range of commands; ends with a fall."""
    rig, draw = WalkingRig(robot, seed), np.random.default_rng(seed)
    up, walked, begin = rig.run(0.5), 0.0, rig.world.time
    while up and rig.world.time - begin < 60.0 * minutes:
        place = rig.place()
        up = rig.walk(draw.uniform(SLOWEST, FASTEST), draw.uniform(1.0, 6.0))
        walked += float(np.linalg.norm((rig.place() - place)[:2]))
    return {'minutes': round((rig.world.time - begin) / 60.0, 2), 'fell': not up, 'steps': len(rig.steps), 'metres': round(walked),
            'slip_mm_p95': round(1e3 * float(np.percentile(rig.slips, 95)), 2), 'stops': bool(up and rig.stop())}


def mean_speed(places: np.ndarray, dt: float) -> np.ndarray:
    """Mean forward, left and turning speed over places (n, 3) of x, y, yaw."""
    yaw = np.unwrap(places[:, 2])
    step, middle = np.diff(places[:, :2], axis=0), (yaw[1:] + yaw[:-1]) / 2
    c, s = np.cos(middle), np.sin(middle)
    return np.array([np.mean(c * step[:, 0] + s * step[:, 1]), np.mean(c * step[:, 1] - s * step[:, 0]),
                     (yaw[-1] - yaw[0]) / len(step)]) / dt


def main() -> int:
    """Measure everything; 1 when the robot falls or slips where it must not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=Path(__file__).parent / 'results' / 'walking.json')
    arguments = parser.parse_args()
    robot = RobotModel.default()
    result: dict[str, object] = {}
    print(f'slip: must {MUST_SLIP:g}, aim {AIM_SLIP:g} mm a step (p95)')
    for name, options in (('nominal', {}), ('hard', HARD), ('hardest', HARDEST)):
        print(f'{name}: {options or "sensor noise only"}')
        result[name] = []
        for velocity in VELOCITIES:
            row = measure(robot, velocity, **options)
            result[name].append(row)
            print(f'  {str(velocity):18}', 'FELL' if row['fell'] else
                  f'speed {row["speed"]}, error {row["error_percent"]} %, slip p50 {row["slip_mm"]["p50"]}, '
                  f'p95 {row["slip_mm"]["p95"]} mm, {"stops" if row["stops"] else "does not stop"}', flush=True)
    result['endurance'] = endure(robot, ENDURED)
    print(f'endurance: {result["endurance"]}')
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    print(f'wrote {arguments.out}')
    return int(result['endurance']['fell'] or any(row['fell'] or row['slip_mm']['p95'] > MUST_SLIP for row in result['nominal']))


if __name__ == '__main__':
    sys.exit(main())
