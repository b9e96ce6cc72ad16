# SPDX-License-Identifier: Apache-2.0
"""The command line for single joints, on emulated motors."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

from bench.emulated_bench import PLAN, TICK, EmulatedBench
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.joints_tool.command_line import main
from humanoid_control.drivers.joints_tool.tracking_record import TrackingRecord
from humanoid_control.drivers.messages import Mode
from humanoid_control.drivers.parameters import LIMIT_TORQUE
from humanoid_control.model.robot_description import share_path


@pytest.fixture
def motors():
    """Emulated motors served meanwhile, with mechanics at wall speed."""
    with EmulatedBench() as bench, bench.served(TICK):
        yield bench


@pytest.fixture
def settings(tmp_path):
    """Settings with little patience for motors that don't answer."""
    path = tmp_path / 'driver.yaml'
    text = share_path('config', 'joint_driver.yaml').read_text()
    path.write_text(text.replace('attempts: 4', 'attempts: 20').replace('reply_timeout: 0.05', 'reply_timeout: 0.03'))
    return str(path)


def joints(bench: EmulatedBench, settings: str, *arguments: str) -> int:
    return main(['--simulated', '--socket-folder', str(bench.folder), '--settings', settings, *arguments])


def test_list_names_every_motor_and_what_is_wrong(motors, settings, capsys):
    assert joints(motors, settings, 'list', '--scan-to', '6') == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in PLAN.motors) and '49.0 V' in shown
    motors.emulator.motors['head_yaw'].row['id'] = 6
    assert joints(motors, settings, 'list', '--scan-to', '6') == 1
    shown = capsys.readouterr().out
    assert 'does not answer' in shown and '(not in the plan)' in shown


def test_check_says_which_joints_are_outside(motors, settings, capsys):
    assert joints(motors, settings, 'check') == 0
    assert 'OUTSIDE' not in capsys.readouterr().out
    motors.emulator.motors['l_knee'].zero += 2.5
    assert joints(motors, settings, 'check') == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith('l_knee'))
    assert 'OUTSIDE' in line and '-0.28' in line  # 0.72 rad - 2.5 rad / 2.5


def test_zero_asks_and_then_makes_this_place_the_zero(motors, settings, monkeypatch, capsys):
    motor = motors.emulator.motors['l_knee']
    motor.row['mode'] = Mode.RUN
    monkeypatch.setattr('sys.stdin', io.StringIO('no\n'))
    assert joints(motors, settings, 'zero', 'l_knee') == 1
    assert 'not done' in capsys.readouterr().err and motor.zero == 0
    assert motor.row['mode'] == Mode.RUN  # nothing is done before the answer, not even switching off
    monkeypatch.setattr('sys.stdin', io.StringIO('yes\n'))
    assert joints(motors, settings, 'zero', 'l_knee') == 0
    assert motors.emulator.motors['l_knee'].zero == pytest.approx(0.72 * 2.5, abs=1e-3)


def test_set_id_refuses_a_number_that_is_taken(motors, settings, capsys):
    assert joints(motors, settings, '--yes', 'set-id', 'can0', '4', '3') == 1
    assert 'number 3 is taken on bus can0' in capsys.readouterr().err
    assert joints(motors, settings, '--yes', 'set-id', 'can0', '4', '9') == 0
    assert motors.emulator.motors['l_knee'].id == 9
    motors.emulator.motors['waist_yaw'].row['id'] = 9
    assert joints(motors, settings, '--yes', 'set-id', 'can0', '9', '10') == 1
    assert 'several motors answer to this number' in capsys.readouterr().err
    assert joints(motors, settings, '--yes', 'set-id', 'can0', '4', '300') == 1
    assert joints(motors, settings, '--yes', 'set-id', 'can9', '4', '5') == 1
    assert "bus 'can9' is not in the plan" in capsys.readouterr().err


def test_parameters_are_read_and_written_with_confirmation(motors, settings, capsys):
    assert joints(motors, settings, 'read', 'l_knee', 'VBUS') == 0
    assert 'VBUS = 49 V' in capsys.readouterr().out
    assert joints(motors, settings, '--yes', 'write', 'l_knee', 'limit_torque', '30') == 0
    assert motors.emulator.motors['l_knee'].torque_limit == 30.0
    assert joints(motors, settings, '--yes', 'write', 'l_knee', '0x7028', '400', '--form', 'u32') == 0
    assert motors.emulator.motors['l_knee'].drive_timeout == pytest.approx(0.02)
    for wrong, reason in (
        (('l_knee', 'VBUS', '3'), 'can only be read'),
        (('l_gripper', 'canTimeout', '3'), 'a CyberGear has no canTimeout'),
        (('l_knee', 'torque', '3'), 'expected an index'),
        (('l_knee', 'limit_torque', 'nan'), 'finite'),
        (('l_ankle_roll', 'run_mode', '0'), 'several motors'),
        (('nose', 'run_mode', '0'), "'nose' is neither"),
    ):
        assert joints(motors, settings, '--yes', 'write', *wrong) == 1
        assert reason in capsys.readouterr().err


def test_identify_wiggles_one_motor_and_leaves_it_off_with_its_limit(motors, settings):
    moved = []
    step = motors.plant.step

    def watch() -> None:
        step()
        moved.append(motors.plant.position.copy())

    motors.plant.step = watch
    assert joints(motors, settings, '--yes', 'identify', 'l_wrist_roll') == 0
    ranges = np.ptp(np.array(moved), axis=0)
    joint = motors.plant.joint_names.index('l_wrist_roll')
    assert 0.03 < ranges[joint] < 0.3
    assert np.delete(ranges, joint).max() < 1e-3
    motor = motors.emulator.motors['l_wrist_roll']
    assert motor.row['mode'] == Mode.RESET and motor.torque_limit == 17.0


def test_track_records_compares_and_draws(motors, settings, tmp_path, capsys):
    record, plot = str(tmp_path / 'a.csv'), tmp_path / 'a.svg'
    sine = ('--duration', '1.5', '--frequency', '1', '--amplitude', '0.1', '--kp', '60', '--kd', '2')
    assert joints(motors, settings, '--yes', 'track', 'head_pitch', *sine, '--csv', record) == 0
    assert (
        joints(motors, settings, '--yes', 'track', 'head_pitch', *sine, '--compare', record, '--plot', str(plot)) == 0
    )
    assert capsys.readouterr().out.count('head_pitch on simulated, kp 60, kd 2: rms error') == 3
    other = [*sine[:-4], '--kp', '50', '--kd', '2']
    assert joints(motors, settings, '--yes', 'track', 'head_pitch', *other, '--compare', record) == 1
    assert 'was recorded with kp 60, kd 2 at 1 Hz, and this is to be kp 50, kd 2 at 1 Hz' in capsys.readouterr().err
    assert plot.read_text().count('<polyline') == 5  # target, two positions, two torques
    gain, _ = TrackingRecord.read(record).gain_and_lag
    assert 0.5 < gain < 1.5


def test_a_motor_that_runs_away_is_switched_off(motors, settings, capsys):
    step = motors.plant.step

    def throw() -> None:
        step()
        motors.plant.velocity[motors.plant.joint_names.index('head_yaw')] = 5.0

    motors.plant.step = throw
    assert joints(motors, settings, '--yes', 'track', 'head_yaw', '--duration', '2') == 1
    assert 'ran away' in capsys.readouterr().err
    assert motors.emulator.motors['head_yaw'].row['mode'] == Mode.RESET


def test_a_dry_run_shows_frames_and_sends_nothing(capsys):
    assert main(['--dry-run', 'identify', 'l_knee']) == 0
    shown = capsys.readouterr().out
    assert 'can0  0300FD04 0000000000000000  switch l_knee on' in shown
    assert 'can0  1200FD04 0570000000000000  run_mode of l_knee = 0' in shown


@pytest.mark.parametrize(
    'command, frame',
    [
        (('list',), '0000FD04 0000000000000000'),
        (('check',), '1100FD04 1970000000000000'),
        (('zero', 'l_knee'), '0600FD04 0100000000000000'),
        (('set-id', 'can0', '4', '9'), '0709FD04 0000000000000000'),
        (('read', 'l_knee', 'VBUS'), '1100FD04 1C70000000000000'),
        (('write', 'l_knee', 'limit_torque', '30'), '1200FD04 0B7000000000F041'),
        (('track', 'l_knee'), '0300FD04 0000000000000000'),
    ],
)
def test_every_command_has_a_dry_run_that_opens_no_bus(command, frame, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Bus, 'open', lambda bus: pytest.fail(f'{bus.name} was opened'))
    main(['--dry-run', *command])
    assert f'can0  {frame}' in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_missing_interface_or_file_is_named(capsys, tmp_path):
    assert main(['--yes', 'identify', 'l_knee']) == 1
    assert "no network interface 'can0'" in capsys.readouterr().err
    assert main(['--buses', str(tmp_path / 'none.yaml'), 'list']) == 1
    assert 'none.yaml: cannot be read' in capsys.readouterr().err
    (tmp_path / 'bad.csv').write_text('x\n')
    assert main(['--yes', 'track', 'l_knee', '--compare', str(tmp_path / 'bad.csv')]) == 1
    assert 'bad.csv: is no record of a tracking test' in capsys.readouterr().err


@pytest.mark.parametrize('lag', [0.0, 0.3, -0.2])
def test_gain_and_lag_are_those_of_the_sine(lag):
    time = np.arange(0, 4, 0.005)
    target, position = np.sin(2 * math.pi * time), 0.1 + 0.8 * np.sin(2 * math.pi * time - lag)
    rows = np.stack([time, target, position, 0 * time, 0 * time], axis=1)
    gain, found = TrackingRecord('x', 1.0, rows).gain_and_lag
    assert gain == pytest.approx(0.8, abs=1e-6) and found == pytest.approx(lag, abs=1e-6)


def test_the_torque_limit_is_a_float_on_the_wire():
    assert LIMIT_TORQUE.to_raw(18.0) == 0x41900000
