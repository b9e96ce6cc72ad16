# SPDX-License-Identifier: Apache-2.0
"""The driver in real time: the thread in C needs nobody, obeys who is in time, and goes safe when nobody commands."""

from __future__ import annotations

import dataclasses
import os
import time

import numpy as np
import pytest
from fake_mti import FakeMti

from bench.emulated_bench import PATIENCE, PLAN, ROBOT, TICK, EmulatedBench, quick_settings
from humanoid_control.drivers.bus_settings import BusSettings
from humanoid_control.drivers.exchange_types import Cause, State, quantile
from humanoid_control.drivers.imu.xsens_mti import XsensMti
from humanoid_control.drivers.messages import Mode
from humanoid_control.drivers.real_time_loop import RealTimeLoop

STAND = (
    np.array([ROBOT.configuration.stand_posture.get(name, 0.0) for name in ROBOT.actuated_names]),
    np.zeros(33),
    np.zeros(33),
)
# a shared machine stalls for longer than a robot's would
UNHURRIED = {
    'rate': 50.0,
    'command_window': 0.01,
    'stale_after': 1.0,
    'silent_after': 2.0,
    'drive_timeout': 5.0,
    'sit_after': 1.0,
    'sit_time': 0.5,
    'enable_time': 5.0,
    'real_time_priority': 0,
}


def test_the_exchange_runs_at_wall_speed_and_goes_safe_by_itself():
    with EmulatedBench(quick_settings(**UNHURRIED), lock_step=False) as bench, bench.served(TICK):
        bench.driver.configure()
        bench.driver.activate()
        bench.wait_for(State.HOLD)
        bench.wait_for(State.RUN, STAND)
        late = bench.driver.pace.punctuality()
        assert late.ticks > 1 and sum(late.wake) == late.ticks and 0 < quantile(late.wake, 1.0)
        # nobody commands or commits any more: the thread alone brings the robot down
        end = time.monotonic() + PATIENCE
        while bench.driver.state != State.OFF and time.monotonic() < end:
            bench.driver.begin(0.1)
        assert bench.driver.state == State.OFF, bench.explain()
        assert bench.cause == Cause.STALE
        assert bench.driver.pace.punctuality().uncommitted > 0
        while any(motor.row['mode'] != Mode.RESET for motor in bench.emulator.motors.values()):
            assert time.monotonic() < end, 'motors are still on'
            bench.driver.begin(0.1)
        replies = [sum(bus.latency) for bus in bench.driver.exchange.buses().values()]
        assert len(replies) == len(PLAN.buses) and min(replies) > 0


def test_a_thread_without_an_exchange_measures_how_punctual_the_computer_is():
    loop = RealTimeLoop(None, 0.002, 0.0, 0, late=0.0)
    end = time.monotonic() + PATIENCE
    while loop.state().ticks < 5:
        assert time.monotonic() < end
        loop.wait(1.0)
    state = loop.state()
    loop.close()
    assert sum(state.wake) == state.ticks == state.late_wakes  # nobody is earlier than told
    deadlines = list(state.late_at)[: state.late_wakes]
    assert all(later - earlier >= 2_000_000 for earlier, later in zip(deadlines, deadlines[1:]))


def test_a_cut_bus_is_noticed_by_its_thread():
    with EmulatedBench(quick_settings(**UNHURRIED), lock_step=False) as bench, bench.served(TICK):
        bench.driver.configure()
        bench.driver.activate()
        bench.wait_for(State.RUN, STAND)
        bench.order('cut can4')
        bench.wait_for(State.HOLD, STAND)
        assert bench.cause == Cause.BUS_LOST and "bus 'can4' is lost" in bench.explain()


def test_an_inertial_sensor_goes_through_the_driver_and_its_loss_is_told(tmp_path):
    with FakeMti(tmp_path) as imu:
        source = XsensMti(str(imu.path), '115200')
        settings = quick_settings(**UNHURRIED)
        with EmulatedBench(settings, lock_step=False, sensors=source) as bench, bench.served(TICK):
            bench.driver.configure()
            bench.driver.activate()
            bench.wait_for(State.RUN, STAND)
            assert bench.sensors[:6] == pytest.approx([0.1, -0.2, 0.3, 0.0, 1.0, 9.81], abs=1e-6)
            imu.unplug()
            end = time.monotonic() + PATIENCE
            while 'look at the plug' not in bench.driver.sensor_complaint:
                assert time.monotonic() < end, bench.driver.sensor_complaint
                bench.beat(STAND)
            assert bench.driver.state == State.RUN  # the supervisor decides what to do about it


def test_the_exchange_runs_over_multicast_between_two_machines_in_one():
    base = 21000 + os.getpid() % 20000
    buses = {
        name: BusSettings('udp_multicast', group='239.255.77.8', port=base + index, interface_address='127.0.0.1')
        for index, name in enumerate(PLAN.buses)
    }
    plan = dataclasses.replace(PLAN, buses=buses)
    with (
        EmulatedBench(quick_settings(**UNHURRIED), plan=plan, lock_step=False, wired=True) as bench,
        bench.served(TICK),
    ):
        bench.driver.configure()
        bench.driver.activate()
        bench.wait_for(State.RUN, STAND)
        bench.order('cut can4')
        bench.wait_for(State.HOLD, STAND)
        assert bench.cause == Cause.MOTOR_SILENT
