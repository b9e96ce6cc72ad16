# SPDX-License-Identifier: Apache-2.0
"""Emulated motors: what their encoders say, to the step of the wire and the tick of their latency."""

from __future__ import annotations

import numpy as np
import pytest

from bench.emulated_bench import MODELS, PLAN, ROBOT
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.plant import InertiaPlant

KNEE = ROBOT.actuated_names.index('l_knee')
RATIO = PLAN.joints['l_knee'].ratio
TICKS = 20


def swing(folder, latency: int) -> tuple[np.ndarray, np.ndarray]:
    """A free knee turns at 3 rad/s; its motor's true angle in every tick [rad], and what feedback says in it."""
    count = len(ROBOT.actuated_names)
    plant = InertiaPlant(ROBOT.actuated_names, np.zeros(count), np.ones(count))
    plant.velocity[KNEE] = 3.0
    emulator = Emulator(PLAN, MODELS, plant, folder, latency=latency)
    motor, codec = emulator.motor('l_knee'), Codec()
    true, told = [], []
    for _ in range(TICKS):
        emulator.tick()
        true.append(RATIO * plant.position[KNEE])
        frame = emulator.buses['can0'].bank.feedback(motor.index)
        told.append(codec.decode_feedback(motor.model.wire_ranges, frame).position)
    emulator.close()
    return np.array(true), np.array(told)


@pytest.mark.parametrize('latency', [0, 1, 5])
def test_encoders_are_behind_by_their_latency_and_round_to_steps_of_the_wire(tmp_path, latency):
    true, told = swing(tmp_path, latency)
    step = 2 * MODELS['RS04'].ranges.position / 65535
    off = np.abs(told[latency:] - true[: TICKS - latency])
    assert off.max() <= step / 2 * (1 + 1e-6)
    assert off.max() > step / 20  # rounded, not exact
    assert np.all(np.diff(true) > 2 * step)  # so that another tick would be told apart
