# SPDX-License-Identifier: Apache-2.0
"""Many seeded cycles of the nut station in one process: success, time and reasons.

python -m bench.nut_rehearsal --seeds 20 --cycles 2 --options '{"friction": 0.6}'
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path

from humanoid_control.work.rehearsal import Rehearsal

RESULTS = Path(__file__).parent / 'results' / 'nut_rehearsal.json'
TAKT = 76.0          # [s] of the published station; a cycle that takes longer ends the seed


def rehearse(seeds: range, cycles: int, options: dict) -> dict:
    """Run each seed and sum up: rates judged by ground truth, cycle times [simulated s], failures and retries by reason."""
    judged, believed, durations, reasons = [], [], [], Counter()
    falls, unfinished, wall, simulated = 0, 0, time.monotonic(), 0.0
    for seed in seeds:
        rehearsal = Rehearsal(seed, cycles, options)
        try:
            rehearsal.run(TAKT * cycles)
        except TimeoutError:
            unfinished += 1
        for number, result in rehearsal.results.items():
            truth = rehearsal.judgements.get(number, {})
            judged.append({side: bool(truth) and truth[side].seated for side in result.sides})
            believed.append({side: r.seated for side, r in result.sides.items()})
            durations.append(result.duration)
            reasons.update(event.split(': ')[1] for event in result.events)
        falls += rehearsal.world.truth.falls
        simulated += rehearsal.world.time
    count = len(judged)
    return {
        'seeds': [seeds.start, seeds.stop], 'cycles': count, 'options': options,
        'both_rate': sum(all(j.values()) for j in judged) / count,
        'left_rate': sum(j['left'] for j in judged) / count,
        'right_rate': sum(j['right'] for j in judged) / count,
        'wrong_beliefs': sum(j != b for j, b in zip(judged, believed)),
        'cycle_time_s': {'p50': statistics.median(durations), 'max': max(durations)},
        'retried_for': dict(reasons), 'falls': falls, 'unfinished': unfinished,
        'real_time_factor': simulated / (time.monotonic() - wall),
    }


def main() -> None:
    """Print the summary and write it to bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=20, help='number of seeds')
    parser.add_argument('--first', type=int, default=0, help='first seed')
    parser.add_argument('--cycles', type=int, default=1, help='cycles a seed')
    parser.add_argument('--options', type=json.loads, default={}, help='settings of config/simulator.yaml as JSON')
    arguments = parser.parse_args()
    summary = rehearse(range(arguments.first, arguments.first + arguments.seeds), arguments.cycles, arguments.options)
    print(json.dumps(summary, indent=2))
    RESULTS.write_text(json.dumps(summary, indent=2) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
