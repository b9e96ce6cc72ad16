# SPDX-License-Identifier: Apache-2.0
"""Bad input and lost ground: named reasons, bounded holding, damping, recovery."""
from __future__ import annotations

import numpy as np
import pytest
from balance_rig import STEP_NS, BalanceRig, Squat

from humanoid_control.balance import BalanceController, BalanceError, Mode, RefusedReferenceError
from humanoid_control.model import RobotModel


def spoil(entry: slice | int, value: float = np.nan):
    def corrupt(position: np.ndarray, velocity: np.ndarray) -> None:
        position[entry] = value
    return corrupt


def test_before_activation_it_only_damps(robot: RobotModel) -> None:
    balance = BalanceController(robot)
    position = np.full(balance.layout.size, 0.1)
    assert balance.tick(0, position, position) == Mode.DAMPING
    assert balance.reason == 'not active'
    assert not balance.effort.any() and not balance.velocity.any()
    np.testing.assert_array_equal(balance.position, position[:len(balance.names)])


@pytest.mark.parametrize('entry', ['imu/angular_velocity/y', 'imu/linear_acceleration/z', 'l_knee'])
def test_nan_is_bridged_for_twenty_milliseconds_then_damped_and_named(rig: BalanceRig, entry: str) -> None:
    last = rig.balance.effort.copy()
    rig.corrupt = spoil(rig.balance.layout.names.index(entry))
    assert rig.step() == Mode.HOLDING
    np.testing.assert_array_equal(rig.balance.effort, last)
    rig.run(0.018)
    assert set(rig.modes[-10:]) == {Mode.HOLDING}
    assert rig.balance.reason == f'low_state makes no sense: {entry}'
    rig.run(0.004)
    assert rig.modes[-1] == Mode.DAMPING
    assert not rig.balance.effort.any() and not rig.balance.velocity.any()
    assert np.isfinite(rig.balance.position).all()


@pytest.mark.parametrize('entry', ['l_sole/force/z', 'r_sole/torque/x'])
def test_without_a_sole_sensor_it_goes_on_standing(rig: BalanceRig, entry: str) -> None:
    rig.corrupt = spoil(rig.balance.layout.names.index(entry))
    rig.run(0.5)
    rig.world.push(rig.robot.configuration.frames.torso, (60.0, 90.0, 0.0), 0.1)
    rig.run(2.5)
    assert rig.stands()
    assert list(rig.balance.report.sole_missing) == [entry[0] == 'l', entry[0] == 'r']
    rig.corrupt = None
    rig.run(0.1)
    assert not any(rig.balance.report.sole_missing)


@pytest.mark.parametrize('stuck', [0.0, 250.0, 700.0])
def test_a_stuck_sole_sensor_does_not_make_it_fall(rig: BalanceRig, stuck: float) -> None:
    force = rig.balance.layout.force['l_sole']
    rig.corrupt = spoil(slice(force.stop - 1, force.stop), stuck)
    rig.run(3.0)
    assert rig.stands()


def both_soles_read_nothing(rig: BalanceRig) -> None:
    places = np.r_[tuple(rig.balance.layout.force[f'{side}_sole'] for side in 'lr')]

    def corrupt(position: np.ndarray, velocity: np.ndarray) -> None:
        position[places] = 0.0
    rig.corrupt = corrupt


def test_both_sole_sensors_at_zero_at_once_are_not_believed(rig: BalanceRig) -> None:
    both_soles_read_nothing(rig)
    rig.run(0.3)
    assert list(rig.balance.report.sole_missing) == [1, 1]
    rig.world.push(rig.robot.configuration.frames.torso, (60.0, 90.0, 0.0), 0.1)
    rig.run(2.0)
    rig.balance.set_stop(1)
    rig.run(2.0)
    assert rig.stands() and rig.true_base()[0][2] < 0.75, 'it does not sit'
    rig.corrupt = None
    rig.run(0.1)
    assert rig.stands() and not any(rig.balance.report.sole_missing)


def test_a_robot_that_is_lifted_is_not_taken_for_one_with_bad_sensors(rig: BalanceRig) -> None:
    doubted = []
    rig.world.push(rig.robot.configuration.frames.torso, (0.0, 0.0, 650.0), 0.3)
    rig.run(0.3, lambda: doubted.append(any(rig.balance.report.sole_missing)))
    assert not any(doubted)


def test_without_both_sole_sensors_a_lift_is_seen_by_the_legs(rig: BalanceRig) -> None:
    both_soles_read_nothing(rig)
    rig.run(0.3)
    assert rig.stands() and all(rig.balance.report.sole_missing)
    rig.world.push(rig.robot.configuration.frames.torso, (0.0, 0.0, 650.0), 0.3)
    rig.run(0.3)
    assert not any(rig.balance.report.sole_missing)
    assert rig.balance.reason == 'neither foot touches the floor'


def test_both_sole_sensors_must_be_there_to_begin_with(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=1)
    rig.corrupt = spoil(rig.balance.layout.force['r_sole'])
    rig.run(0.02)
    assert set(rig.modes) == {Mode.DAMPING}
    assert rig.balance.reason == 'low_state makes no sense: r_sole/force/x'


def test_a_short_loss_of_the_imu_does_not_make_it_fall(rig: BalanceRig) -> None:
    layout = rig.balance.layout
    rig.corrupt = spoil(layout.angular_velocity)
    rig.run(0.05)
    assert rig.modes[-1] == Mode.DAMPING
    rig.corrupt = None
    rig.run(3.0)
    assert set(rig.modes[-1000:]) == {Mode.STANDING}
    assert rig.true_base()[0][2] > 0.7


def test_a_long_loss_ends_in_damping_until_activated_again(rig: BalanceRig) -> None:
    rig.corrupt = spoil(rig.balance.layout.linear_acceleration)
    rig.run(0.4)
    assert rig.modes[-1] == Mode.FALLEN
    rig.corrupt = None
    rig.run(0.1)
    assert rig.modes[-1] == Mode.FALLEN
    assert not rig.balance.effort.any()


def test_a_glitch_of_one_encoder_is_bridged(rig: BalanceRig) -> None:
    knee = rig.balance.layout.names.index(rig.robot.configuration.legs['l'].joints[3])
    rig.corrupt = spoil(knee, 2.0)
    rig.run(0.006)
    assert rig.modes[-3:] == [Mode.HOLDING] * 3
    assert rig.balance.reason == f'a joint jumped: {rig.names[knee]}'
    rig.corrupt = None
    rig.run(1.0)
    assert set(rig.modes[-490:]) == {Mode.STANDING}


def test_a_robot_that_is_put_elsewhere_is_taken_over_anew(rig: BalanceRig) -> None:
    squat = Squat(rig, depth=0.25, down=1.0)
    rig.follow(1.5, squat)
    stances = rig.balance.report.stance_count
    rig.world.reset()
    rig.corrupt = None
    rig.run(2.0)
    assert set(rig.modes[-900:]) == {Mode.STANDING}
    assert rig.balance.report.stance_count == stances + 1
    assert rig.true_base()[0][2] > 0.8


def test_a_leg_stretched_to_its_singularity_is_held_then_damped(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=3)
    rig.run(0.2)
    balance, straight = rig.balance, rig.world.low_state()[0].copy()
    for leg in robot.configuration.legs.values():
        straight[[rig.names.index(joint) for joint in leg.joints]] = 0.0
    still, stamp, modes = np.zeros(balance.layout.size), rig.world.time_ns, []
    measured = rig.world.low_state()[0].copy()
    for tick in range(40):                      # bent to straight within the speed that a knee has
        position = measured + min(1.0, tick / 20) * (straight - measured)
        modes.append(balance.tick(stamp + tick * STEP_NS, position, still))
    assert Mode.HOLDING in modes and modes[-1] == Mode.DAMPING
    assert balance.reason == 'a leg is stretched to its singularity'
    assert not balance.effort.any()


def test_nan_of_a_wrist_sensor_only_stops_the_hands_integral(rig: BalanceRig) -> None:
    rig.corrupt = spoil(rig.balance.layout.force['l_wrist'])
    rig.run(0.5)
    assert rig.stands()


def fall(rig: BalanceRig, direction: float) -> float:
    """Push until a fall is predicted; the pelvis' true tilt at that moment [rad]."""
    force = 160.0 * np.array([np.cos(direction), np.sin(direction), 0.0])
    rig.world.push(rig.robot.configuration.frames.torso, force, 3.0)
    for _ in range(1500):
        if rig.step() == Mode.FALLEN:
            break
    assert rig.balance.reason == 'a fall is predicted, the mass runs out of reach of any step'
    return float(np.arccos(rig.true_base()[1][2, 2]))


@pytest.mark.parametrize('direction', [0.0, np.pi / 2, np.pi, -np.pi / 4])
def test_a_long_push_is_seen_as_a_fall_early_and_damped_without_spikes(rig: BalanceRig, direction: float) -> None:
    assert fall(rig, direction) < 0.5
    assert rig.true_base()[0][2] > 0.5
    strongest = 0.0
    for _ in range(750):
        assert rig.step() == Mode.FALLEN
        assert not rig.balance.effort.any() and not rig.balance.velocity.any()
        torque = rig.world.low_state()[2][rig.world.layout.joints]
        strongest = max(strongest, float(np.abs(torque).max()))
    assert 1.0 < strongest < 60.0, 'damping is missing or hard'


@pytest.mark.parametrize('direction', [0.0, np.pi / 2, np.pi])
def test_a_robot_that_falls_tells_how_far_it_is_tilted_all_the_way_down(rig: BalanceRig, direction: float) -> None:
    """An accelerometer that falls with it shows anything but gravity."""
    fall(rig, direction)
    for _ in range(250):
        rig.step()
        assert rig.estimated_rotation()[2, 2] == pytest.approx(rig.true_base()[1][2, 2], abs=0.15)


def test_a_robot_that_has_fallen_tells_how_it_lies(rig: BalanceRig) -> None:
    """So that the supervisor sees the fall, and takes the power off."""
    fall(rig, np.pi)
    rig.run(3.0)
    upright = rig.true_base()[1][2, 2]
    assert upright < 0.5
    assert rig.estimated_rotation()[2, 2] == pytest.approx(upright, abs=0.15)
    assert rig.modes[-1] == Mode.FALLEN and 'fall is predicted' in rig.balance.reason


def test_pushes_that_can_be_survived_raise_no_alarm(robot: RobotModel) -> None:
    for direction in (0.3, 1.8, 3.3, 4.8):
        rig = BalanceRig(robot, seed=4)
        rig.run(0.2)
        rig.world.push(robot.configuration.frames.torso, (250 * np.cos(direction), 250 * np.sin(direction), 0.0), 0.1)
        doubted: list[bool] = []
        rig.run(2.0, lambda: doubted.append(any(rig.balance.report.sole_missing)))
        assert rig.stands(), rig.balance.reason
        assert not any(doubted), 'soles that bounced were taken for bad sensors'


def test_after_a_fall_it_stands_again_from_the_hoist_without_a_jump(rig: BalanceRig) -> None:
    fall(rig, 0.0)
    rig.run(1.0)
    rig.world.reset()
    rig.run(0.2)
    assert rig.modes[-1] == Mode.FALLEN, 'a fall is forgotten by itself'
    rig.world.reset()
    rig.balance.activate()
    joints = rig.world.layout.joints
    before = rig.world.low_state()[0][joints].copy()
    begin, moved = len(rig.modes), 0.0
    for _ in range(1000):
        rig.step()
        moved = max(moved, float(np.abs(rig.world.low_state()[0][joints] - before).max()))
    assert set(rig.modes[begin:]) == {Mode.STANDING}
    assert moved < 0.03
    assert rig.true_base()[0][2] > 0.75


def test_without_ground_it_waits_damped_and_then_stands(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=2)
    soles = [rig.balance.layout.force[name] for name in ('l_sole', 'r_sole')]

    def lift(position: np.ndarray, velocity: np.ndarray) -> None:
        for force in soles:
            position[force] = 0.0
    rig.corrupt = lift
    rig.run(0.02)
    assert set(rig.modes) == {Mode.DAMPING}
    assert rig.balance.reason == 'neither foot touches the floor'
    rig.corrupt = None
    rig.run(1.0)
    assert rig.modes[-1] == Mode.STANDING


def test_the_same_stamp_gets_the_same_answer(rig: BalanceRig) -> None:
    position, velocity, _ = rig.world.low_state()
    rig.balance.tick(rig.world.time_ns, position, velocity)
    first, ticks = rig.balance.effort.copy(), rig.balance.report.ticks
    assert rig.balance.tick(rig.world.time_ns, position, velocity) == Mode.STANDING
    np.testing.assert_array_equal(rig.balance.effort, first)
    assert rig.balance.report.ticks == ticks


def test_a_stamp_that_goes_back_a_little_is_refused(rig: BalanceRig) -> None:
    position, velocity, _ = rig.world.low_state()
    assert rig.balance.tick(rig.world.time_ns - 3 * STEP_NS, position, velocity) == Mode.HOLDING
    assert rig.balance.reason == 'the stamp of low_state did not increase'


def test_a_gap_in_time_is_counted_and_taken_over_from_anew(rig: BalanceRig) -> None:
    position, velocity, _ = rig.world.low_state()
    stances = rig.balance.report.stance_count
    assert rig.balance.tick(rig.world.time_ns + 500_000_000, position, velocity) == Mode.STANDING
    assert rig.balance.report.gaps == 1
    assert rig.balance.report.stance_count == stances + 1


def test_time_that_begins_anew_starts_a_new_world(rig: BalanceRig) -> None:
    position, velocity, _ = rig.world.low_state()
    assert rig.balance.tick(STEP_NS, position, velocity) == Mode.STANDING
    assert rig.balance.report.ticks == 1


def test_references_before_standing_or_with_nan_are_refused_by_name(robot: RobotModel, rig: BalanceRig) -> None:
    count = len(rig.names)
    with pytest.raises(RefusedReferenceError, match='does not stand yet'):
        BalanceController(robot).set_reference(1, rig.stand)
    broken = rig.stand.copy()
    broken[3] = np.inf
    with pytest.raises(RefusedReferenceError, match=f'position of {rig.names[3]} is inf, expected less than 20'):
        rig.balance.set_reference(rig.world.time_ns, broken)
    with pytest.raises(RefusedReferenceError, match=r'shape \(2,\), expected'):
        rig.balance.set_reference(rig.world.time_ns, np.zeros(2))
    with pytest.raises(RefusedReferenceError, match="unknown \\['tail'\\]"):
        rig.balance.set_named_reference(rig.world.time_ns, ['tail', *rig.names[1:]], np.zeros(count))
    with pytest.raises(RefusedReferenceError, match=f'{count} names, {count} positions, 1 velocities'):
        rig.balance.set_named_reference(rig.world.time_ns, rig.names, np.zeros(count), [0.0])


def test_an_old_reference_is_ignored(rig: BalanceRig) -> None:
    assert rig.balance.set_reference(rig.world.time_ns, rig.stand)
    assert not rig.balance.set_reference(rig.world.time_ns, rig.stand)


def test_named_references_may_come_in_any_order(rig: BalanceRig) -> None:
    assert rig.balance.set_named_reference(rig.world.time_ns, rig.names[::-1], rig.stand[::-1])
    rig.run(0.1)
    assert rig.stands()


def test_wrong_arrays_are_refused(robot: RobotModel, rig: BalanceRig) -> None:
    with pytest.raises(BalanceError, match='expected float64'):
        rig.balance.tick(0, np.zeros(3), np.zeros(3))
    state = np.zeros(rig.balance.layout.size)
    for position, velocity in ((state.astype(np.float32), state), (state, state.astype(np.float32))):
        with pytest.raises(BalanceError, match='float32'):
            rig.balance.tick(0, position, velocity)
    with pytest.raises(BalanceError, match='effort: expected a writable contiguous'):
        rig.balance.bind_commands(np.zeros(len(rig.names)), np.zeros(len(rig.names)), np.zeros(2))
