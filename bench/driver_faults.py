# SPDX-License-Identifier: Apache-2.0
"""The faults of motors, buses and host in the battery."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bench.driver_fault import BORNE, STARTING, WALKING, DriverFault
from bench.driver_rig import DriverRig
from bench.emulated_bench import PLAN
from humanoid_control.drivers.codec import Codec

CONTROL = 20.0  # [ms] in which faults of the control path lead to a state
POLLED = 600.0  # [ms] in which every supply voltage has been asked for: poll_every ticks for each motor of a bus
RESTORED_AFTER = 0.05  # [s]
HOLD = 'joints hold'


def order(*faults: str) -> Callable[[DriverRig], None]:
    """Orders of the emulation's fault desk."""

    def begin(rig: DriverRig) -> None:
        for fault in faults:
            rig.bench.faults.order(fault)

    return begin


def cut_and_restored(bus: str) -> Callable[[DriverRig], None]:
    """A bus that is away for a moment."""

    def begin(rig: DriverRig) -> None:
        rig.bench.faults.order(f'cut {bus}')
        back = rig.time + RESTORED_AFTER

        def restore() -> None:
            if rig.time >= back:
                rig.bench.faults.order(f'restore {bus}')
                rig.each_tick = lambda: None

        rig.each_tick = restore

    return begin


def babble(rig: DriverRig) -> None:
    """Garbage, and well-formed frames of motors and hosts that are not ours, on every bus in every tick."""
    random = np.random.default_rng(3)
    stranger = bytes(Codec().stop(PLAN.host_id, 99))

    def speak() -> None:
        for bus in rig.bench.emulator.buses.values():
            wire = bus.ends[1]
            for frame in (random.bytes(16), random.bytes(int(random.integers(1, 40))), stranger):
                wire.send(frame)

    rig.each_tick = speak


def doubled(rig: DriverRig) -> None:
    """Two motors with one number, and an attempt to start."""
    rig.bench.emulator.motors['r_knee'].row['id'] = PLAN.motors['r_hip_pitch'].id
    rig.try_to_start()


def no_numbers(rig: DriverRig) -> None:
    """The controller's torques are no numbers."""

    def spoil(command: np.ndarray) -> None:
        command[2] *= math.nan

    rig.spoil = spoil


def all_supplies(volts: float) -> Callable[[DriverRig], None]:
    """Another voltage for every motor."""
    return order(*(f'supply {motor} {volts}' for motor in PLAN.motors))


DRIVER_FAULTS: tuple[DriverFault, ...] = (
    DriverFault('motor of an arm silent', order('silent l_shoulder_yaw'), HOLD, CONTROL, "motor 'l_shoulder_yaw' has not answered"),
    DriverFault('motor of a knee silent', order('silent l_knee'), HOLD, CONTROL, "motor 'l_knee' has not answered", may_fall=True),
    DriverFault('bus cut', order('cut can3'), HOLD, CONTROL, "bus 'can3' is lost"),
    DriverFault('bus of a leg cut', order('cut can0'), HOLD, CONTROL, "bus 'can0' is lost", may_fall=True),
    DriverFault('bus cut and back after 50 ms', cut_and_restored('can4'), HOLD, CONTROL, "bus 'can4' is lost"),
    DriverFault('motor too hot', order('heat r_elbow 140'), HOLD, CONTROL, "motor 'r_elbow' is too hot"),
    DriverFault('drive reports its encoder', order('fault waist_yaw 3'), HOLD, CONTROL, "motor 'waist_yaw' reports encoder"),
    DriverFault('encoder jumps', order('encoder l_hip_roll 1.5'), HOLD, CONTROL, "position of motor 'l_hip_roll' jumps"),
    DriverFault('drive reports its supply', order('fault r_elbow 0'), HOLD, CONTROL, "motor 'r_elbow' reports under-voltage"),
    DriverFault('supply falls to 25 V', all_supplies(25.0), HOLD, POLLED, '25.0 V'),
    DriverFault('motor answers under a number of nobody', order('mislabel r_elbow 99'), HOLD, CONTROL, "motor 'r_elbow' has not answered"),
    DriverFault("motor answers under another's number", order(f'mislabel r_elbow {PLAN.motors["r_wrist_yaw"].id}'), HOLD, CONTROL, "'r_elbow' has not"),
    DriverFault('garbage and strangers on every bus', babble, BORNE, CONTROL, 'frames not understood'),
    DriverFault('2 % of frames lost each way', order('loss 0.02'), BORNE, CONTROL, 'questions unanswered'),
    DriverFault('2 % of frames lost each way', order('loss 0.02'), BORNE, CONTROL, 'questions unanswered', doing=WALKING),
    DriverFault('motor of an arm silent', order('silent l_elbow'), HOLD, CONTROL, "motor 'l_elbow' has not", may_fall=True, doing=WALKING),
    DriverFault('commands are no numbers over the bus', no_numbers, HOLD, CONTROL, 'is not finite'),
    DriverFault('host killed', DriverRig.kill_host, 'drives limp', CONTROL, 'time-out', may_fall=True),
    DriverFault('number doubled', doubled, 'driver refuses to start', CONTROL, 'is doubled', doing=STARTING),
)
