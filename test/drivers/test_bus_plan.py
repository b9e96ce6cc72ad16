# SPDX-License-Identifier: Apache-2.0
"""Bus plans: the package's fits its robot, wrong ones are refused by name."""

from __future__ import annotations

import pytest

from bench.emulated_bench import MODELS, PLAN, ROBOT
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path

TEXT = share_path('config', 'robots', 'humanoid_buses.yaml').read_text()


def load(tmp_path, before: str, after: str) -> BusPlan:
    assert before in TEXT
    path = tmp_path / 'plan.yaml'
    path.write_text(TEXT.replace(before, after, 1))
    return BusPlan.load(path)


def test_the_packages_plan_moves_every_joint_of_its_robot_once():
    PLAN.check(ROBOT, MODELS)
    assert sorted(PLAN.driven_joints) == sorted(ROBOT.actuated_names)
    assert PLAN.motors_of('l_knee') == ('l_knee',)
    assert PLAN.motors_of('r_ankle_roll') == ('r_ankle_a', 'r_ankle_b')


def test_no_bus_of_the_packages_plan_carries_more_than_80_percent():
    frames = {bus: 2 * 500 * sum(motor.bus == bus for motor in PLAN.motors.values()) for bus in PLAN.buses}
    assert max(frames.values()) * 160 / PLAN.bitrate <= 0.8


@pytest.mark.parametrize(
    'before, after, complaint',
    [
        (
            'l_knee: {bus: can0, id: 4',
            'l_knee: {bus: can0, id: 3',
            "motors 'l_hip_pitch' and 'l_knee' are both number 3 on bus 'can0'",
        ),
        (
            'l_knee: {bus: can0, id: 4',
            'l_knee: {bus: can9, id: 4',
            "motors.l_knee.bus 'can9' is none of the buses can0",
        ),
        ('l_knee: {bus: can0, id: 4', 'l_knee: {bus: can0, id: 200', r'id must lie in \[1, 127\], got 200'),
        ('motor: l_knee,', 'motor: r_knee,', "motor 'r_knee' moves both joint 'l_knee' and joint 'r_knee'"),
        ('motor: l_knee,', 'motor: l_kne,', "joint 'l_knee': motor 'l_kne' is not among the motors"),
        (
            'joints: [l_ankle_pitch, l_ankle_roll]',
            'joints: [l_ankle_pitch, l_knee]',
            "joint 'l_knee' is moved by a motor of its own and by",
        ),
        ('host_id: 253', 'host_id: 5', r'host_id must lie in \[128, 253\]'),
        (
            'kind: socketcan, interface: can0',
            'kind: canopen, interface: can0',
            'kind must be one of socketcan, simulated',
        ),
        ('kind: socketcan, interface: can0', 'kind: socketcan', 'a socketcan bus needs interface'),
        (
            'kind: socketcan, interface: can0',
            'kind: udp_multicast, group: 10.0.0.1, port: 4000',
            'must be an IPv4 multicast address',
        ),
        ('kind: socketcan, interface: can0', 'kind: simulated, path: a, port: 3', 'a simulated bus has no port'),
        ('ratio: 83.0', 'ratio: 0.0', 'ratio must not be 0'),
        ('sensors: null', 'sensor: null', "unknown key 'sensor'"),
    ],
)
def test_a_wrong_plan_is_refused_by_name(tmp_path, before, after, complaint):
    with pytest.raises(ConfigurationError, match=complaint) as refusal:
        load(tmp_path, before, after)
    assert 'plan.yaml' in str(refusal.value)


@pytest.mark.parametrize(
    'before, after, complaint',
    [
        (
            'l_knee: {bus: can0, id: 4, model: RS04}',
            'l_knee: {bus: can0, id: 4, model: RS99}',
            "motor 'l_knee': model 'RS99' is none of",
        ),
        (
            'l_knee: {bus: can0, id: 4, model: RS04}',
            'l_knee: {bus: can0, id: 4, model: RS03}',
            "joint 'l_knee': its URDF effort limit is 280, but RS03 with ratio 2.5 gives 150",
        ),
        (
            'l_knee: {bus: can0, id: 4, model: RS04}',
            'l_knee: {bus: can0, id: 4, model: RS04, torque_limit: 130.0}',
            'beyond the 120.0 N m',
        ),
        (
            'l_knee: {motor: l_knee, ratio: 2.5}',
            'l_knee: {motor: l_knee, ratio: 2.5, offset: 9.0}',
            "joint 'l_knee': at 2.4 its motor would",
        ),
        (
            'head_yaw: {motor',
            'head_jaw: {motor',
            r"joints without a motor \['head_yaw'\], joints that the robot has not \['head_jaw'\]",
        ),
        ('  r_ankle_pitch: -1.05', '  r_ankle_pich: -1.05', r"the robot has not \['r_ankle_pich'\]"),
        (
            'crank: 0.06, length: 0.280179',
            'crank: 0.04, length: 0.280179',
            "linkage 'l_ankle': ankle linkage: no cranks for the posture",
        ),
        (
            'l_ankle_a: {bus: can2, id: 1, model: RS03}',
            'l_ankle_a: {bus: can2, id: 1, model: RS06}',
            "linkage 'l_ankle': at pitch",
        ),
    ],
)
def test_a_plan_that_does_not_fit_the_robot_is_refused_by_name(tmp_path, before, after, complaint):
    plan = load(tmp_path, before, after)
    with pytest.raises(ConfigurationError, match=complaint):
        plan.check(ROBOT, MODELS)
