# SPDX-License-Identifier: Apache-2.0
"""The robot's side of the stand-in: drives, sensors, delay, disturbances, reproducibility."""
from __future__ import annotations

import math

import numpy as np
import pytest

from humanoid_control.model.errors import ConfigurationError, ModelError
from humanoid_control.simulation.simulated_robot import CommandError

GRAVITY = 9.81


def record(stand_in, controller, ticks: int) -> np.ndarray:
    states = []
    for _ in range(ticks):
        controller.run(1)
        states.append(stand_in.robot.state.copy())
    return np.array(states)


def test_same_seed_and_same_commands_give_bit_identical_states(make_stand_in, make_controller):
    first, second = make_stand_in(5, delay_ms=3.0), make_stand_in(5, delay_ms=3.0)
    for stand_in in (first, second):
        stand_in.push('torso', (30, 10, 0), 0.1)
    states = [record(s, make_controller(s), 150) for s in (first, second)]
    assert np.array_equal(states[0], states[1])
    assert np.array_equal(first.world.data.qpos, second.world.data.qpos)


def test_another_seed_starts_elsewhere_within_the_bounds(make_stand_in):
    poses = [make_stand_in(seed).truth.base_pose() for seed in range(4)]
    assert len({tuple(p[:3, 3]) for p in poses}) == 4
    for seed in range(4):
        stand_in = make_stand_in(seed)
        soles = [stand_in.truth.body_pose(leg.sole) for leg in stand_in.world.robot.legs.values()]
        middle = np.mean([s[:2, 3] for s in soles], axis=0)
        assert np.all(np.abs(middle) < 0.022)
        assert abs(math.atan2(soles[0][1, 0], soles[0][0, 0])) < 0.04


def test_starts_at_rest_with_the_weight_on_both_soles(make_stand_in):
    stand_in = make_stand_in(1)
    position, _velocity, _ = stand_in.low_state()
    layout = stand_in.layout
    weight = stand_in.world.model.body_subtreemass[stand_in.world.body_id(stand_in.world.robot.frames.base)] * GRAVITY
    carried = sum(position[layout.force[s]][2] for s in ('l_sole', 'r_sole'))
    feet = sum(stand_in.world.model.body(leg.foot).mass[0] for leg in stand_in.world.robot.legs.values()) * GRAVITY
    assert carried == pytest.approx(weight - feet, rel=0.02)
    assert position[layout.force['l_sole']][2] == pytest.approx(position[layout.force['r_sole']][2], rel=0.1)
    assert np.abs(stand_in.truth.base_velocity()).max() < 0.02
    assert position[layout.linear_acceleration][2] == pytest.approx(GRAVITY, abs=0.4)


def test_wrist_sensor_feels_the_weight_of_the_gripper(make_stand_in):
    stand_in = make_stand_in(1, noise=0.0)
    force = stand_in.low_state()[0][stand_in.layout.force['l_wrist']]
    gripper = stand_in.world.robot.arms['l'].force_sensor
    pose = stand_in.truth.body_pose(gripper)
    mass = stand_in.world.model.body_subtreemass[stand_in.world.body_id(gripper)]
    np.testing.assert_allclose(pose[:3, :3] @ force, (0, 0, -mass * GRAVITY), atol=0.1)


def test_sensor_errors_scale_with_noise_and_vanish_without(make_stand_in):
    quiet, loud = make_stand_in(2, noise=0.0), make_stand_in(2, noise=4.0)
    for stand_in, expected in ((quiet, 0.0), (loud, 4 * 2e-4)):
        joints = stand_in.layout.joints
        errors = []
        for _ in range(100):
            stand_in.step()
            errors.append((stand_in.low_state()[0][joints] - stand_in.robot.true_joint_state()[0])[:20])
        assert np.std(errors) == pytest.approx(expected, rel=0.1, abs=1e-12)


def test_joints_hold_their_posture_before_the_first_and_after_the_last_command(make_stand_in, make_controller):
    stand_in = make_stand_in(3)
    for _ in range(500):
        stand_in.step()
    assert stand_in.robot.holding and not stand_in.truth.fallen
    make_controller(stand_in).run(100)
    assert not stand_in.robot.holding
    for _ in range(1000):
        stand_in.step()
    assert stand_in.robot.holding
    assert not stand_in.truth.fallen and stand_in.truth.falls == 0
    make_controller(stand_in).run(100)
    assert not stand_in.robot.holding


def test_a_command_is_clipped_to_the_effort_limit(make_stand_in):
    stand_in = make_stand_in(0)
    size = len(stand_in.layout.joint_names)
    stand_in.apply(np.zeros(size), np.zeros(size), np.full(size, 1e4))
    stand_in.step()
    limit = [stand_in.world.model.actuator(n).forcerange[1] for n in stand_in.layout.joint_names]
    np.testing.assert_allclose(stand_in.low_state()[2][stand_in.layout.joints], limit)


def test_a_limp_robot_falls_and_the_fall_is_counted_once(make_stand_in):
    stand_in = make_stand_in(0)
    size = len(stand_in.layout.joint_names)
    for _ in range(1000):
        stand_in.apply(np.zeros(size), np.zeros(size), np.zeros(size))
        stand_in.step()
    assert stand_in.truth.fallen and stand_in.truth.falls == 1
    stand_in.reset()
    assert not stand_in.truth.fallen and stand_in.truth.falls == 1
    assert stand_in.truth.base_height > 0.7


def test_the_hoist_lifts_the_robot_and_leaves_the_parts_where_they_are(make_stand_in):
    stand_in = make_stand_in(0)
    start, nut = stand_in.truth.base_pose(), next(iter(stand_in.truth.nut_poses()))
    stand_in.next_part()
    stand_in.world.free_qpos(nut)[1] += 0.01
    moved = stand_in.truth.nut_poses()[nut]
    stand_in.robot.switch(False)
    for _ in range(1000):
        stand_in.step()
    assert stand_in.truth.fallen
    time, cycle = stand_in.time, stand_in.cycle
    stand_in.hoist()
    assert not stand_in.truth.fallen and stand_in.truth.falls == 1
    np.testing.assert_allclose(stand_in.truth.base_pose(), start, atol=0.01)
    np.testing.assert_allclose(stand_in.truth.nut_poses()[nut][:2, 3], moved[:2, 3], atol=0.002)
    assert stand_in.cycle == cycle == 1 and stand_in.time > time


@pytest.mark.parametrize('delay_ms', [1.0, 4.0, 7.0])
def test_delay_is_the_time_between_a_command_and_its_sight(make_stand_in, delay_ms: float):
    def response(delay: float) -> np.ndarray:
        stand_in = make_stand_in(0, noise=0.0, delay_ms=delay)
        position, velocity, effort = (a[stand_in.layout.joints].copy() for a in stand_in.low_state())
        seen = []
        for k in range(12):
            stand_in.apply(position, 0 * velocity, effort + (5.0 if k >= 2 else 0.0))
            stand_in.step()
            seen.append(stand_in.low_state()[2][0])
        return np.array(seen)
    seen = response(delay_ms)
    first = int(np.argmax(np.abs(np.diff(seen, prepend=seen[0])) > 2))
    prompt = response(0.0)
    reference = int(np.argmax(np.abs(np.diff(prompt, prepend=prompt[0])) > 2))
    assert first - reference == delay_ms // 2     # the last millisecond of a tick is what is seen of it


def test_a_push_moves_the_pushed_way_and_ends(make_stand_in, make_controller):
    stand_in = make_stand_in(0)
    controller = make_controller(stand_in)
    controller.run(50)
    before = stand_in.truth.base_pose()[1, 3]
    stand_in.push('torso', (0, 60, 0), 0.1)
    controller.run(45)
    assert stand_in.truth.base_pose()[1, 3] > before + 0.001
    controller.run(10)
    assert np.all(stand_in.world.data.xfrc_applied == 0)


def test_a_push_on_an_unknown_body_names_it(make_stand_in):
    with pytest.raises(ModelError, match='l_tentacle'):
        make_stand_in(0).push('l_tentacle', (1, 0, 0), 0.1)


@pytest.mark.parametrize(('force', 'duration', 'words'), [
    ((math.nan, 0, 0), 0.1, 'finite'), ((1, 0), 0.1, 'three'), ((1, 0, 0), 0.0, 'duration'), ((1, 0, 0), math.inf, 'duration')])
def test_a_senseless_push_is_refused(make_stand_in, force, duration, words):
    with pytest.raises(ConfigurationError, match=words):
        make_stand_in(0).push('torso', force, duration)


def test_a_command_that_is_not_finite_is_refused_by_joint_and_changes_nothing(make_stand_in, make_controller):
    stand_in = make_stand_in(0)
    controller = make_controller(stand_in)
    controller.run(5)
    position, velocity, effort = controller.command()
    effort = effort.copy()
    effort[3] = math.nan
    with pytest.raises(CommandError, match=f"effort of '{stand_in.layout.joint_names[3]}'"):
        stand_in.apply(position, velocity, effort)
    with pytest.raises(CommandError, match='expected 33 values'):
        stand_in.apply(position[:-1], velocity[:-1], effort[:-1])
    stand_in.step()
    assert np.all(np.isfinite(stand_in.robot.state))


def test_mass_scale_makes_the_robot_heavier_than_its_files_say(make_stand_in, robot):
    stand_in = make_stand_in(0, mass_scale=1.1, with_station=False)
    assert stand_in.world.model.body_mass.sum() == pytest.approx(1.1 * robot.mass, rel=1e-9)


def test_time_is_exact_and_begins_after_the_settling(make_stand_in):
    stand_in = make_stand_in(0)
    start = stand_in.time_ns
    assert start > 0
    for _ in range(7):
        stand_in.step()
    assert stand_in.time_ns - start == 14_000_000


def test_without_power_the_joints_only_damp_and_obey_again_afterwards(make_stand_in, make_controller):
    stand_in = make_stand_in(1)
    controller = make_controller(stand_in)
    controller.run(50)
    stand_in.robot.switch(False)
    controller.run(1)
    joints = stand_in.layout.joints
    _, velocity, effort = stand_in.low_state()
    assert np.all(effort[joints][:31] * velocity[joints][:31] <= 0.5)       # noise of the velocity against damping
    controller.run(1000)
    assert stand_in.truth.base_height < 0.5
    stand_in.reset()
    stand_in.robot.switch(True)
    zero = np.zeros(len(stand_in.layout.joint_names))
    for _ in range(100):        # the controller has not heard of the power yet
        stand_in.apply(zero, zero, zero)
        stand_in.step()
    assert stand_in.robot.holding and stand_in.truth.base_height > 0.8
    controller.run(500)
    assert stand_in.truth.base_height > 0.7 and not stand_in.robot.holding


def test_a_crate_stands_where_it_is_put_and_not_in_the_robot(make_stand_in):
    assert list(make_stand_in(1, crate=[-2.0, 0.5]).world.model.geom('unmapped_crate').pos[:2]) == [-2.0, 0.5]
    for bad, words in (([0.3, 0.2], 'crate must stand 0.8 to 10 m'), ([1.0], 'list of 2'), ([math.nan, 1.0], 'finite')):
        with pytest.raises(ConfigurationError, match=words):
            make_stand_in(1, crate=bad)


def test_bumps_into_a_crate_are_counted_once_each_and_named(make_stand_in, make_controller):
    stand_in = make_stand_in(1, crate=[-2.0, 0.5])
    controller, bumps = make_controller(stand_in), stand_in.truth.bumps
    base = stand_in.world.data.qpos[stand_in.world.root_qpos:stand_in.world.root_qpos + 2]
    home = base.copy()
    controller.run(50)
    assert (bumps.number, bumps.last) == (0, '')
    for number in (1, 2):
        base[:] = (-1.75, 0.5)               # heels a few centimetres in it
        controller.run(50)
        assert bumps.number == number and ' on unmapped_crate at ' in bumps.last
        base[:] = home
        controller.run(300)
