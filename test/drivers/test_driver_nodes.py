# SPDX-License-Identifier: Apache-2.0
"""Nodes `joint_driver` and `emulated_motors` over real topics and buses."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from diagnostic_msgs.msg import DiagnosticStatus
from driver_nodes import BEST_EFFORT, PATIENCE, Controller, finish, start
from lifecycle_msgs.msg import Transition
from std_msgs.msg import String, UInt8
from std_srvs.srv import Trigger

from bench.emulated_bench import ROBOT, TICK, EmulatedBench
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.lock_step import SOCKET_NAME
from humanoid_control.drivers.messages import Mode
from humanoid_control.model.configuration import read_yaml
from humanoid_control.model.robot_description import share_path


@pytest.fixture
def controller() -> Iterator[Controller]:
    controller = Controller()
    yield controller
    controller.close()


@pytest.fixture
def controller_in_real_time() -> Iterator[Controller]:
    controller = Controller(BEST_EFFORT, firm=False)
    yield controller
    controller.close()


def obeys_again(controller: Controller) -> bool:
    """Whether the driver obeys; the fingers of a robot that collapses may be thrown faster than a motor turns, which is a fault."""
    told = controller.said('joint_driver: exchange')
    if "_gripper' jumps" in told:
        assert controller.change(Transition.TRANSITION_DEACTIVATE) and controller.change(Transition.TRANSITION_ACTIVATE)
        controller.forget()
    return told == 'obeying commands'


def test_a_driver_without_its_interfaces_names_them_and_fails():
    code, output = finish(start('joint_driver', autostart=True, allow_missing_sensors=True), None)
    assert code == 1, output
    assert "cannot be configured: bus can0: there is no network interface 'can0'" in output
    assert 'sudo ip link set can0 up type can bitrate 1000000' in output
    assert "there is no network interface 'can6'" in output
    assert 'Traceback' not in output


def test_motors_of_an_emulation_that_answer_late_are_asked_again(controller, tmp_path):
    motors = start('emulated_motors', socket_folder=tmp_path / 'buses', station_file="''")
    controller.until(lambda: (tmp_path / 'buses' / SOCKET_NAME).exists(), 'an emulation that has opened its buses')
    motors.send_signal(signal.SIGSTOP)
    driver = start(
        'joint_driver', autostart=True, buses='simulated', socket_folder=tmp_path / 'buses', emulation_timeout=PATIENCE
    )
    try:
        assert any('asking again' in line for line in driver.stdout), 'the driver ended without asking again'
        motors.send_signal(signal.SIGCONT)
        controller.until(lambda: len(controller.stamps) > 20, '20 ticks')
    finally:
        motors.send_signal(signal.SIGCONT)
        results = [finish(driver), finish(motors)]
    assert [code for code, _ in results] == [0, 0], results


def test_the_driver_balances_between_controller_and_motors_and_names_faults(controller, tmp_path):
    # no station: the world is built faster
    motors = start('emulated_motors', socket_folder=tmp_path / 'buses', station_file="''", noise=0.0)
    driver = start(
        'joint_driver', autostart=True, buses='simulated', socket_folder=tmp_path / 'buses', emulation_timeout=PATIENCE
    )
    try:
        controller.until(lambda: len(controller.stamps) > 300, '300 ticks')
        steps = np.diff(controller.stamps[-200:])
        assert np.all(steps == 2_000_000)
        assert np.linalg.norm(controller.position[controller.layout.linear_acceleration]) == pytest.approx(
            9.81, abs=0.5
        )
        assert sum(controller.position[controller.layout.force[f'{side}_sole']][2] for side in 'lr') == pytest.approx(
            510, abs=100
        )
        controller.until(lambda: {'joint_states', 'imu/data', 'clock'} <= set(controller.heard), 'joint_states, imu/data and clock')
        clock = controller.heard['clock'].clock
        controller.until(lambda: controller.heard['clock'].clock != clock, 'a clock that goes on')
        assert controller.heard['joint_states'].name == list(ROBOT.actuated_names)
        controller.until(
            lambda: (
                'joint_driver: bus can6' in controller.statuses
                and controller.statuses['joint_driver: exchange'].message == 'obeying commands'
            ),
            'diagnostics',
        )

        controller.repeats = True
        controller.until(
            lambda: 'joint_commands came after newer ones' in controller.said('joint_driver: exchange'), 'a warning'
        )
        assert controller.statuses['joint_driver: exchange'].level == DiagnosticStatus.WARN
        controller.repeats = False

        controller.say(controller.fault, String(data='heat l_knee 140'))
        controller.until(
            lambda: controller.statuses['joint_driver: exchange'].level == DiagnosticStatus.ERROR, 'an error'
        )
        assert "motor 'l_knee' is too hot" in controller.statuses['joint_driver: exchange'].message
        answer = controller.call(Trigger, 'joint_driver/reset', Trigger.Request())
        assert not answer.success and 'what was wrong still is' in answer.message
        answer = controller.call(Trigger, 'joint_driver/off', Trigger.Request())
        assert answer.success and 'motors off' in answer.message

        controller.say(controller.fault, String(data='heat l_knee 30'))
        assert controller.change(Transition.TRANSITION_DEACTIVATE) and controller.change(Transition.TRANSITION_ACTIVATE)
        controller.forget()
        controller.until(lambda: obeys_again(controller), 'obedience again')
        controller.say(controller.fault, String(data='cut can0'))
        controller.until(lambda: "bus 'can0' is lost" in controller.said('joint_driver: exchange'), 'the loss of a bus')
        assert controller.change(Transition.TRANSITION_DEACTIVATE) and controller.change(Transition.TRANSITION_CLEANUP)
        assert not controller.change(Transition.TRANSITION_CONFIGURE)  # it is still away
        controller.say(controller.fault, String(data='restore can0'))
        controller.until(lambda: controller.change(Transition.TRANSITION_CONFIGURE), 'the bus back')
        assert controller.change(Transition.TRANSITION_ACTIVATE)
        controller.statuses.clear()
        controller.forget()
        controller.until(lambda: obeys_again(controller), 'obedience again')
    finally:
        results = [finish(driver), finish(motors)]
    for code, output in results:
        assert code == 0, output
        assert 'Traceback' not in output
    assert not (tmp_path / 'buses').exists()


def test_the_driver_obeys_the_supervisor_and_ends_with_an_error_when_its_emulation_is_killed(controller, tmp_path):
    motors = start('emulated_motors', socket_folder=tmp_path / 'buses', station_file="''")
    driver = start('joint_driver', buses='simulated', socket_folder=tmp_path / 'buses', emulation_timeout=PATIENCE)
    try:
        assert controller.change(Transition.TRANSITION_CONFIGURE) and controller.change(Transition.TRANSITION_ACTIVATE)
        controller.until(lambda: len(controller.stamps) > 20, '20 ticks')
        controller.say(controller.heartbeat, UInt8(data=2))
        controller.until(lambda: len(controller.stamps) > 200, '200 ticks')
        controller.until(
            lambda: controller.said('joint_driver: exchange') == 'obeying commands', 'a stop that balance carries out'
        )
        controller.say(controller.heartbeat, UInt8(data=0))
        controller.until(lambda: controller.said('joint_driver: motor l_knee') == 'reset', 'motors off')
        finish(motors)
        code, output = finish(driver, None)
        assert code == 1, output
        assert 'has ended' in output and 'Traceback' not in output
    finally:
        for process in (driver, motors):
            if process.poll() is None:
                process.kill()
                process.communicate()


def two_machines(folder: Path) -> dict[str, str]:
    """Files of a driver in real time whose motors hang on multicast buses, with patience for a busy computer."""
    plan = read_yaml(share_path('config', 'robots', 'humanoid_buses.yaml'))
    base = 22000 + os.getpid() % 20000
    for index, name in enumerate(plan['buses']):
        plan['buses'][name] = {
            'kind': 'udp_multicast',
            'group': '239.255.77.9',
            'port': base + index,
            'interface_address': '127.0.0.1',
        }
    settings = read_yaml(share_path('config', 'joint_driver.yaml'))
    settings['exchange'] |= {
        'rate': 100.0,
        'command_window': 0.005,
        'stale_after': 1.0,
        'silent_after': 2.0,
        'drive_timeout': 5.0,
        'sit_after': 1.5,
        'sit_time': 0.5,
        'enable_time': 5.0,
        'poll_every': 5,
        'real_time_priority': 0,
    }
    settings['set_up'] |= {'attempts': 20, 'scan_to': 6}
    for name, content in (('plan', plan), ('driver', settings)):
        (folder / f'{name}.yaml').write_text(yaml.safe_dump(content))
    return {'bus_file': f'{folder}/plan.yaml', 'driver_file': f'{folder}/driver.yaml', 'allow_missing_sensors': True}


def test_the_driver_in_real_time_reports_its_buses_and_sits_before_it_ends_and_one_that_only_reads_says_nothing(
    controller_in_real_time, tmp_path
):
    controller, files = controller_in_real_time, two_machines(tmp_path)
    plan = BusPlan.load(files['bus_file'])
    with EmulatedBench(plan=plan, lock_step=False, wired=True) as far, far.served(TICK):
        motors, banks = far.emulator.motors.values(), [bus.bank for bus in far.emulator.buses.values()]
        driver = start('joint_driver', autostart=True, **files)
        try:
            controller.until(lambda: controller.said('joint_driver: exchange') == 'obeying commands', 'obedience')
            controller.until(lambda: 'voltage' in controller.values('joint_driver: motor l_knee'), 'a supply voltage')
            for name in plan.buses:
                told = controller.values(f'joint_driver: bus {name}')
                assert 0.0 < float(told['load']) < 0.8 and int(told['frames received']) > 0, told
                assert {'unanswered', 'reply p50 [ms]', 'reply p99 [ms]'} <= set(told)
            late = controller.values('joint_driver: exchange')
            assert {'waking late p99.9 [ms]', 'deadlines missed by 1 ms, sending'} <= set(late)
        finally:
            code, output = finish(driver)
        assert code == 0 and 'Traceback' not in output, output
        assert 'stop of category 1 was asked for: sitting down' in output
        assert {int(motor.row['mode']) for motor in motors} == {Mode.RESET}

        heard = [[bank.received for bank in banks]]
        while heard.count(heard[-1]) < 10:  # answers to the last frames are still on their way
            controller.answer()
            heard.append([bank.received for bank in banks])
        controller.statuses.clear()
        listener = start('joint_driver', autostart=True, readonly=True, **files)
        controller.until(lambda: controller.said('joint_driver: exchange') == 'listening only', 'a listener')
        code, output = finish(listener)
        assert code == 0 and 'Traceback' not in output, output
        assert [bank.received for bank in banks] == heard[-1]


@pytest.mark.parametrize(
    'node, parameters, complaint',
    [
        (
            'joint_driver',
            {'buses': 'imaginary'},
            "parameter buses: expected one of configured, simulated, got 'imaginary'",
        ),
        ('joint_driver', {'bus_file': '/nowhere/plan.yaml'}, '/nowhere/plan.yaml: cannot be read'),
        (
            'joint_driver',
            {'buses': 'simulated', 'socket_folder': '/nowhere'},
            'bus can0: nobody emulates motors at /nowhere/can0',
        ),
        ('emulated_motors', {'realtime': True}, 'parameter realtime: emulated motors run in lock-step'),
        (
            'emulated_motors',
            {'socket_folder': '/nowhere/at/all'},
            'folder of the simulated buses /nowhere/at/all: No such file',
        ),
        ('emulated_motors', {'lost': 0.1}, "parameter 'lost' of node 'emulated_motors' is unknown"),
    ],
)
def test_wrong_parameters_are_refused_by_name(node, parameters, complaint):
    more = {'autostart': True} if node == 'joint_driver' else {'station_file': "''"}
    code, output = finish(start(node, **more, **parameters), None)
    assert code == 1, output
    assert complaint in output and 'Traceback' not in output
