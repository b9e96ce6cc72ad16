# SPDX-License-Identifier: Apache-2.0
"""Cycles of the nut station over emulated motors, beside the same cycles with the robot driven directly.

python -m bench.emulated_rehearsal [--seeds 5] [--loss 0.02]

Same seeds, same work, balance and kinematics, one process. Over the buses every torque goes through codec, driver, frames and
the motors' own law, and every angle comes back through their encoders, a tick later.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Self

import numpy as np

from bench.emulated_bench import TICK
from bench.standing_bench import StandingBench
from humanoid_control.drivers.exchange_types import State
from humanoid_control.work.rehearsal import Rehearsal

RESULTS = Path(__file__).parent / 'results' / 'emulated_rehearsal.json'
TAKT = 76.0  # [s] of the published station


class EmulatedRehearsal(Rehearsal):
    """A rehearsal whose robot hangs on buses; use as a context manager.

    Attributes:
        standing: driver, buses and motors.
        interrupted: ticks in which the driver did not obey.
    """

    standing: StandingBench

    def __init__(self, seed: int, loss: float = 0.0):
        self._loss, self.interrupted = loss, 0
        super().__init__(seed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.standing.bench.__exit__()

    def _wake(self) -> None:
        self.standing = StandingBench(stand_in=self.world, balance=self.balance)
        self.standing.start()
        self.standing.run(0.5)  # from holding to obeying
        self.standing.bench.faults.order(f'loss {self._loss}')

    def _measured(self) -> np.ndarray:
        return self.standing.position

    def _tick(self) -> None:
        self.standing.run(TICK)
        self.interrupted += self.standing.bench.driver.state != State.RUN


def outcome(rehearsal: Rehearsal) -> dict[str, object]:
    """Work one cycle: nuts seated by ground truth and by belief, time [simulated s], falls."""
    rehearsal.run(TAKT)
    (number, result), = rehearsal.results.items()
    return {
        'seated': {side: bool(judged.seated) for side, judged in rehearsal.judgements[number].items()},
        'believed': {side: bool(side_result.seated) for side, side_result in result.sides.items()},
        'time_s': round(result.duration, 2),
        'falls': rehearsal.world.truth.falls,
    }


def compare(seed: int, loss: float) -> dict[str, object]:
    """Outcome of one cycle, driven directly and over buses that lose this share of frames each way."""
    direct = outcome(Rehearsal(seed))
    with EmulatedRehearsal(seed, loss) as emulated:
        over_buses = outcome(emulated)
        lost = sum(motor.lost for motor in emulated.standing.bench.driver.exchange.motors().values())
        over_buses |= {'ticks_not_obeyed': emulated.interrupted, 'answers_lost': lost}
    return {'seed': seed, 'direct': direct, 'over_buses': over_buses}


def main() -> int:
    """Compare, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=5, help='number of seeds, from 0')
    parser.add_argument('--loss', type=float, default=0.02, help='share of frames lost each way')
    arguments = parser.parse_args()
    cycles = [compare(seed, arguments.loss) for seed in range(arguments.seeds)]
    for cycle in cycles:
        print(json.dumps(cycle))
    RESULTS.write_text(json.dumps({'loss': arguments.loss, 'cycles': cycles}, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
