# SPDX-License-Identifier: Apache-2.0
"""The driver over emulated motors: taking over, obeying, holding, sitting, and what faults do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bench.emulated_bench import MODELS, PLAN, ROBOT, TICK, EmulatedBench, quick_settings
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.errors import DriverError, MotorError
from humanoid_control.drivers.exchange_types import Cause, State
from humanoid_control.drivers.messages import Feedback, MessageType, Mode
from humanoid_control.drivers.parameters import DRIVE_TIMEOUT, LIMIT_TORQUE, RUN_MODE, VOLTAGE

NAMES = ROBOT.actuated_names
SAFE_WITHIN = 0.02  # [s] of simulated time from a fault to the safe state
KNEE, GRIPPER, ANKLE = (NAMES.index(name) for name in ('l_knee', 'l_gripper_joint', 'l_ankle_pitch'))


def effort_on(joint: int, value: float) -> np.ndarray:
    effort = np.zeros(len(NAMES))
    effort[joint] = value
    return effort


def test_motors_are_stopped_set_up_and_only_then_switched_on():
    told: list[tuple[MessageType, int]] = []
    with EmulatedBench() as bench:
        bench.configure()
        motor = bench.emulator.motors['l_knee']
        answer = motor.answer

        def listen(frame, envelope):
            told.append((MessageType(envelope.type), int.from_bytes(frame.payload[:2], 'little')))
            return answer(frame, envelope)

        motor.answer = listen
        bench.activate()
        for _ in range(20):
            bench.tick()
    kinds = [kind for kind, _ in told]
    written = [index for kind, index in told if kind == MessageType.WRITE_PARAMETER]
    assert kinds[0] == MessageType.STOP
    assert written == [RUN_MODE.index, LIMIT_TORQUE.index, DRIVE_TIMEOUT.index]
    enabled = kinds.index(MessageType.ENABLE)
    assert not {MessageType.WRITE_PARAMETER, MessageType.STOP} & set(kinds[enabled:])


def test_taking_over_holds_the_present_posture_without_a_jump():
    with EmulatedBench() as bench:
        before = bench.plant.position.copy()
        bench.start()
        moved = speed = 0.0
        for _ in range(100):
            bench.tick()
            moved = max(moved, np.abs(bench.plant.position - before).max())
            speed = max(speed, np.abs(bench.plant.velocity).max())
        assert bench.driver.state == State.HOLD
        assert moved < 1e-3 and speed < 0.05
        # what is read is what is, to a step of the encoder
        assert np.abs(bench.position - bench.plant.position).max() < 4e-4


def test_every_joint_feels_the_effort_it_was_given():
    with EmulatedBench(weight=100.0) as bench:
        bench.start()
        command = bench.stay()
        bench.run(0.4, command)  # from holding to obeying
        assert bench.driver.state == State.RUN
        effort = np.array([0.05 * ROBOT.effort_limit_of(name) for name in NAMES]) * np.where(np.arange(33) % 2, 1, -1)
        effort[-2:] = 0
        for _ in range(3):
            bench.tick((command[0], bench.velocity, effort))
        body = slice(0, 31)
        assert np.allclose(bench.plant.effort[body], effort[body], rtol=0.02, atol=0.05)
        assert np.allclose(bench.effort[body], effort[body], rtol=0.05, atol=0.3)  # as the motors report it


def test_a_gripper_follows_its_position_within_its_force_limit():
    with EmulatedBench() as bench:
        bench.start()
        command = bench.stay()
        command[0][GRIPPER] = 0.010
        strongest = 0.0
        for _ in range(300):
            bench.tick(command)
            strongest = max(strongest, abs(bench.plant.effort[GRIPPER]))
        assert abs(bench.plant.position[GRIPPER] - 0.010) < 2e-4
        assert strongest <= 30.0 * 1.02


def test_effort_and_position_are_kept_within_the_limits():
    with EmulatedBench(weight=100.0) as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.tick((bench.position, bench.velocity, effort_on(KNEE, 1e4)))
        bench.tick((bench.position, bench.velocity, effort_on(KNEE, 1e4)))
        limit = ROBOT.effort_limit_of('l_knee')
        assert bench.plant.effort[KNEE] == pytest.approx(limit, rel=0.01)


def test_a_joint_beyond_its_soft_limit_is_pushed_back():
    with EmulatedBench(weight=100.0, posture={'l_knee': ROBOT.position_limits_of('l_knee')[0] - 0.03}) as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        assert bench.plant.effort[KNEE] > 0.1 * ROBOT.effort_limit_of('l_knee')


def test_a_command_that_is_not_finite_is_refused_by_the_name_of_its_joint():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        for bad in (np.nan, np.inf, -np.inf):
            assert bench.tick((bench.position, bench.velocity, effort_on(ANKLE, bad))) == 'l_ankle_pitch'
        status = bench.driver.exchange.status()
        assert status.refused_commands == 3
        assert np.isfinite(bench.plant.position).all()


def test_stale_commands_lead_to_holding_and_fresh_ones_back_without_a_jump():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        stale_after = bench.driver.settings.exchange.stale_after
        assert bench.until(State.HOLD, 0.1) <= stale_after + 2 * TICK
        bench.run(0.1)
        assert bench.driver.state == State.HOLD and not bench.driver.exchange.status().latched
        before = bench.plant.position.copy()
        command = (bench.position.copy(), np.zeros(33), np.zeros(33))
        bench.until(State.RUN, 0.01, command)
        bench.run(0.5, command)
        assert np.abs(bench.plant.position - before)[:31].max() < 2e-3


def test_without_commands_the_robot_sits_down_and_the_motors_go_off():
    with EmulatedBench(quick_settings(sit_after=0.05, sit_time=0.5)) as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.until(State.SIT, 0.2)
        assert bench.cause == Cause.STALE
        bench.run(0.02, bench.stay())
        assert bench.driver.state == State.SIT  # too late: latched
        bench.until(State.OFF, 1.0)
        for joint, angle in PLAN.sit_posture.items():
            assert abs(bench.plant.position[NAMES.index(joint)] - angle) < 0.1, joint
        bench.run(0.05)
        assert {motor.row['mode'] for motor in bench.emulator.motors.values()} == {Mode.RESET}
        assert 'no joint command' in bench.explain()


@pytest.mark.parametrize(
    'order, cause, named',
    [
        ('silent l_knee', Cause.MOTOR_SILENT, "motor 'l_knee' has not answered"),
        ('cut can3', Cause.BUS_LOST, "bus 'can3' is lost"),
        ('heat r_elbow 140', Cause.TEMPERATURE, "motor 'r_elbow' is too hot, 140"),
        ('fault waist_yaw 3', Cause.MOTOR_FAULT, "motor 'waist_yaw' reports encoder"),
        ('encoder l_hip_roll 1.5', Cause.ENCODER, "position of motor 'l_hip_roll' jumps"),
        ('encoder l_ankle_a 9', Cause.ENCODER, "position of motor 'l_ankle_a' jumps"),
    ],
)
def test_any_single_fault_holds_the_robot_in_time_and_is_named(order, cause, named):
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        before = bench.plant.position.copy()
        bench.faults.order(order)
        assert bench.until(State.HOLD, 0.1, bench.stay()) <= SAFE_WITHIN
        assert bench.cause == cause
        assert named in bench.explain()
        bench.run(0.1, bench.stay())
        assert bench.driver.state == State.HOLD  # latched: commands don't bring it back
        assert np.abs(bench.plant.position - before).max() < 0.01
        with pytest.raises(DriverError, match='what was wrong'):
            bench.driver.reset()


@pytest.mark.parametrize('volts', [25, 65], ids=['low', 'high'])
def test_a_supply_beyond_its_limits_holds_the_robot_once_it_is_read(volts):
    with EmulatedBench(quick_settings(poll_every=1)) as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        for motor in PLAN.motors:
            bench.faults.order(f'supply {motor} {volts}')
        bench.until(State.HOLD, 0.1, bench.stay())
        assert bench.cause == Cause.VOLTAGE and f'{volts}.0 V' in bench.explain()


@pytest.mark.parametrize('what', ['heat', 'supply'])
def test_a_warm_motor_or_one_with_little_supply_gives_less_torque(what):
    warm, little = MODELS['RS04'].temperature, MODELS['RS04'].voltage
    half = {'heat': (warm.derate_from + warm.stop_at) / 2, 'supply': (little.minimum + little.derate_below) / 2}
    with EmulatedBench(quick_settings(poll_every=1), weight=100.0) as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.faults.order(f'{what} l_knee {half[what]}')
        full = 120 * 2.5
        for _ in range(10):  # a supply is asked for motor by motor
            bench.tick((bench.position, bench.velocity, effort_on(KNEE, full)))
        assert bench.plant.effort[KNEE] == pytest.approx(full / 2, rel=0.05)
        assert bench.driver.exchange.motors()['l_knee'].derating == pytest.approx(0.5, abs=0.02)
        assert bench.driver.state == State.RUN


def test_drives_go_limp_by_themselves_when_the_host_is_killed():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.driver.clean_up()  # as if killed: nothing more is said on any bus
        for _ in range(1 + round(SAFE_WITHIN / TICK)):  # the first begins when the last frame was heard
            bench.emulator.tick()
        limp = [name for name, motor in bench.emulator.motors.items() if motor.row['mode'] == Mode.RESET]
        assert set(limp) == {name for name, motor in PLAN.motors.items() if MODELS[motor.model].has_drive_timeout}


def test_a_share_of_lost_frames_is_counted_and_survived():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.faults.order('loss 0.02')
        command = bench.stay()
        bench.run(2.0, command)
        assert bench.driver.state == State.RUN
        lost = sum(motor.lost for motor in bench.driver.exchange.motors().values())
        frames = 1000 * len(PLAN.motors)
        assert 0.02 * frames < lost < 0.07 * frames  # 4 % of questions or answers
        assert np.abs(bench.plant.position - command[0])[:31].max() < 0.05


def test_garbage_and_frames_of_others_are_counted_and_change_nothing():
    random = np.random.default_rng(5)
    codec = Codec()
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        before = bench.plant.position.copy()
        ranges = MODELS['RS04'].wire_ranges
        foreign = [
            codec.feedback(ranges, Feedback(4, 0xFC, 63, 0, 9.0, 0, 0, 200.0))[0],  # to another host
            codec.feedback(ranges, Feedback(99, PLAN.host_id, 63, 0, 9.0, 0, 0, 200.0))[0],  # from nobody we know
            codec.parameter(PLAN.host_id, 4, 0x7016, 1),
            codec.fault(PLAN.host_id, 99, 1, 0),
            codec.stop(PLAN.host_id, 4),
        ]
        for _ in range(100):
            for bus in bench.emulator.buses.values():
                driver = bus.ends[1]
                driver.send(random.bytes(16))
                driver.send(random.bytes(int(random.integers(1, 40))))
                driver.send(bytes(foreign[int(random.integers(len(foreign)))]))
            bench.tick(bench.stay())
        assert bench.driver.state == State.RUN
        assert np.abs(bench.plant.position - before).max() < 0.01
        for bus in bench.driver.exchange.buses().values():
            assert min(bus.refused, bus.garbled, bus.foreign) > 20


def test_a_fault_report_of_a_motor_is_a_fault():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.emulator.buses['can0'].ends[1].send(bytes(Codec().fault(PLAN.host_id, 4, 0x80, 0)))
        bench.until(State.HOLD, 0.01, bench.stay())
        assert bench.cause == Cause.MOTOR_FAULT and "motor 'l_knee'" in bench.explain()


def test_a_protective_stop_holds_until_it_is_reset():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, bench.stay())
        bench.driver.stop(2)
        bench.run(1.0, bench.stay())
        assert bench.driver.state == State.HOLD and 'category 2' in bench.explain()
        bench.driver.reset()
        bench.until(State.RUN, 0.02, bench.stay())


def test_a_bus_that_returns_serves_again_after_a_new_activation():
    with EmulatedBench() as bench:
        bench.start()
        bench.faults.order('cut can0')
        bench.until(State.HOLD, 0.02)
        bench.run(0.01)
        assert bench.cause == Cause.BUS_LOST
        bench.driver.clean_up()
        bench.faults.order('restore can0')
        bench.start()
        bench.run(0.4, bench.stay())
        assert bench.driver.state == State.RUN


def test_old_commands_do_not_survive_deactivation():
    with EmulatedBench() as bench:
        bench.start()
        bench.run(0.4, (bench.position.copy(), np.zeros(33), effort_on(KNEE, 5.0)))
        with bench.served():
            bench.driver.deactivate()
            bench.plant.velocity[:] = 0.0
            bench.driver.activate()
        before = bench.plant.position.copy()
        bench.run(0.2)
        assert bench.driver.state == State.HOLD
        assert np.abs(bench.plant.position - before).max() < 5e-3


def test_a_motor_that_cannot_be_switched_on_is_named_and_all_go_off():
    with EmulatedBench() as bench:
        bench.configure()
        bench.activate()
        bench.faults.order('fault r_knee 5')
        for _ in range(400):
            bench.tick()
        assert bench.driver.state == State.OFF
        assert "motor 'r_knee' did not come to run mode (faults: uncalibrated)" in bench.explain()
        assert {motor.row['mode'] for motor in bench.emulator.motors.values()} == {Mode.RESET}


def test_a_read_only_driver_hears_what_others_are_told_and_never_writes():
    codec = Codec()
    with EmulatedBench(read_only=True) as bench:
        bench.configure()
        bench.activate()
        for _ in range(20):
            bench.tick(bench.stay())
        assert not bench.position.any()  # nobody has spoken
        # another host, on another computer, is told where every motor stands
        for bus in bench.emulator.buses.values():
            for motor in bus.motors.values():
                row = motor.row
                state = Feedback(motor.id, 0xFC, 0, Mode.RUN, row['position'], 0.0, 0.0, 30.0)
                bus.ends[1].send(bytes(codec.feedback(motor.model.wire_ranges, state)[0]))
        bench.tick(bench.stay())
        assert np.abs(bench.position - bench.plant.position).max() < 4e-4
        for category in (2, 1, 0):
            bench.driver.stop(category)
            bench.run(0.05, bench.stay())
        with pytest.raises(DriverError):
            bench.driver.exchange.start(0)
        assert all(bus.sent == 0 for bus in bench.driver.exchange.buses().values())
        bench.driver.deactivate()
        for _ in range(3):
            bench.emulator.serve(0.0)
        assert all(bus.bank.received == 0 for bus in bench.emulator.buses.values())


def test_motors_that_are_not_those_of_the_plan_are_refused_by_name():
    with EmulatedBench() as bench:
        motors = bench.emulator.motors
        motors['l_knee'].row['silent'] = 1
        motors['r_knee'].row['id'] = 3  # now r_hip_pitch and r_knee share a number
        motors['l_elbow'].parameters[0x700B] = motors['l_wrist_yaw'].parameters[0x700B]
        motors['head_yaw'].row['id'] = 6
        with pytest.raises(MotorError) as refusal:
            bench.configure()
        text = str(refusal.value)
        for complaint in (
            "motor 'l_knee' is missing: number 4 on bus can0",
            'number 3 on bus can1 is doubled',
            "motor 'l_elbow': expected RS03 with limit_torque 60 N m, found 17 N m, as RS01 or RS02 has",
            "motor 'head_yaw' is missing",
            'number 6 on bus can5',
        ):
            assert complaint in text, text


def test_motors_whose_firmware_lacks_what_the_driver_needs_are_refused_by_name():
    with EmulatedBench(quick_settings()) as bench:
        del bench.emulator.motors['l_knee'].parameters[DRIVE_TIMEOUT.index]
        del bench.emulator.motors['r_gripper'].parameters[VOLTAGE.index]
        with pytest.raises(MotorError) as refusal:
            bench.configure()
        text = str(refusal.value)
        assert text.count('its firmware has no') == 2
        for motor, parameter in (('l_knee', 'canTimeout'), ('r_gripper', 'VBUS')):
            line = next(line for line in text.splitlines() if repr(motor) in line)
            assert f'its firmware has no {parameter}' in line


def test_a_swapped_motor_is_refused_by_its_identity():
    motors = dict(PLAN.motors)
    motors['l_knee'] = dataclasses.replace(motors['l_knee'], uid='0123456789abcdef')
    other = dataclasses.replace(PLAN, motors=motors)
    complaint = "motor 'l_knee': expected 0123456789abcdef, found"
    with EmulatedBench(plan=other) as bench, pytest.raises(MotorError, match=complaint):
        bench.configure()
