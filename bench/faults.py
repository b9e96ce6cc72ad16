# SPDX-License-Identifier: Apache-2.0
"""The faults of the battery."""
from __future__ import annotations

import math
import types
from collections.abc import Callable

import numpy as np

from bench.fault import BORNE, Fault
from bench.fault_rig import FaultRig, Sense

CONTROL = 20.0        # [ms] in which faults of the control path lead to a state
ROUND = 60.0          # [ms] one round of the supervisor and one look at its heartbeat
FROZEN = 400.0        # [ms] five equal samples in a row
TICK_NS = 2_000_000
WEIGHED = 2500.0      # [ms] low-pass and patience of weight_unexplained
SIDES = ('l', 'r')


def sense(change: Callable[[FaultRig], Sense]) -> Callable[[FaultRig], None]:
    """Injection of what a sensor makes of the truth from now on."""
    return lambda rig: rig.senses.append(change(rig))


def joint(name: str, offset: float = 0.0, velocity: float | None = None) -> Callable[[FaultRig], None]:
    """An encoder that is off by an offset [rad] (NaN: no number), with another velocity [rad/s]."""
    def change(rig: FaultRig) -> Sense:
        index = rig.world.layout.joint_names.index(name)

        def spoil(position: np.ndarray, speed: np.ndarray) -> None:
            position[index] += offset
            if velocity is not None:
                speed[index] = velocity
        return spoil
    return sense(change)


def stuck(*entries: str) -> Callable[[FaultRig], None]:
    """Sensor entries of low_state whose names begin like this repeat what they say now."""
    def change(rig: FaultRig) -> Sense:
        names = rig.world.layout.names
        places = [i for i, name in enumerate(names) if name.startswith(entries)]
        values = rig.world.low_state()[0][places].copy()

        def freeze(position: np.ndarray, speed: np.ndarray) -> None:
            position[places] = values
            joints = [i for i in places if i < len(rig.world.layout.joint_names)]
            speed[joints] = 0.0
        return freeze
    return sense(change)


def reads(entry: str, value: float, add: bool = False) -> Callable[[FaultRig], None]:
    """One or more sensor entries read (or are off by) a value."""
    def change(rig: FaultRig) -> Sense:
        places = [i for i, name in enumerate(rig.world.layout.names) if name.startswith(entry)]

        def spoil(position: np.ndarray, speed: np.ndarray) -> None:
            position[places] = value + (position[places] if add else 0.0)
        return spoil
    return sense(change)


def both_soles(value: float) -> Callable[[FaultRig], None]:
    """Both sole sensors read a value."""
    def begin(rig: FaultRig) -> None:
        for side in SIDES:
            reads(f'{side}_sole/', value)(rig)
    return begin


def briefly(seconds: float, inject: Callable[[FaultRig], None]) -> Callable[[FaultRig], None]:
    """A sensor's fault that goes away by itself."""
    def begin(rig: FaultRig) -> None:
        inject(rig)
        spoil, end = rig.senses.pop(), rig.time + seconds
        rig.senses.append(lambda position, velocity: spoil(position, velocity) if rig.time < end else None)
    return begin


def kill(node: str) -> Callable[[FaultRig], None]:
    """End of a node."""
    return lambda rig: rig.alive.discard(node)


def late(ticks: int) -> Callable[[FaultRig], None]:
    """Commands come some ticks late."""
    def begin(rig: FaultRig) -> None:
        line: list = []

        def carry(command):
            line.append(command)
            return [line.pop(0)] if len(line) > ticks else []
        rig.carry = carry
    return begin


def lossy(every: int) -> Callable[[FaultRig], None]:
    """Only every n-th command arrives."""
    def begin(rig: FaultRig) -> None:
        count = iter(range(10**9))
        rig.carry = lambda command: [command] if next(count) % every == 0 else []
    return begin


def cut(seconds: float) -> Callable[[FaultRig], None]:
    """No command arrives for a while."""
    def begin(rig: FaultRig) -> None:
        end = rig.time + seconds
        rig.carry = lambda command: [] if rig.time < end else [command]
    return begin


def spoiled(rig: FaultRig) -> None:
    """Commands whose effort is no number."""
    rig.carry = lambda command: [(*command[:3], command[3] * math.nan)]


def twice(rig: FaultRig) -> None:
    """Every command is followed by the one before."""
    last: list = []

    def carry(command):
        last.append(command)
        return [command, *last[-2:-1]]
    rig.carry = carry


def stamps(change: Callable[[int, int], int | None]) -> Callable[[FaultRig], None]:
    """Stamps of low_state as balance sees them, from the true one and the one at the beginning [ns]."""
    def begin(rig: FaultRig) -> None:
        first = rig.world.time_ns
        rig.restamp = lambda stamp: change(stamp, first)
    return begin


def put(**values: object) -> Callable[[FaultRig], None]:
    """Attributes of the rig."""
    def begin(rig: FaultRig) -> None:
        for name, value in values.items():
            setattr(rig, name, value)
    return begin


def push(force: tuple[float, float, float], seconds: float, body: str = 'torso') -> Callable[[FaultRig], None]:
    """A force [N] on a body."""
    return lambda rig: rig.world.push(body, force, seconds)


def effort(name: str, value: float) -> Callable[[FaultRig], None]:
    """A drive that reports a torque [N m]."""
    return lambda rig: rig.reported_effort.update({name: value})


def bad_reference(value: float) -> Callable[[FaultRig], None]:
    """whole_body/reference asks for something else of one joint."""
    def begin(rig: FaultRig) -> None:
        index = rig.body.robot.joint_names.index('l_elbow')

        def spoil(position: np.ndarray) -> None:
            position[index] += value
        rig.spoil_reference = spoil
    return begin


def open_gripper(rig: FaultRig) -> None:
    """The left gripper opens by itself."""
    rig.gripper_fails = True


def nothing_in_reach(rig: FaultRig) -> None:
    """The arm reaches no part."""
    rig.workplace.reach = types.SimpleNamespace(
        stand_at=lambda q: None, solve=lambda side, pose: types.SimpleNamespace(reachable=False, margin=-1.0))
    rig.begin_again()


def blind(rig: FaultRig) -> None:
    """Black pictures."""
    rig.sees_parts = False
    rig.begin_again()


def without_camera(rig: FaultRig) -> None:
    """No pictures."""
    rig.alive.discard('camera')
    rig.begin_again()


def empty_trays(rig: FaultRig) -> None:
    """No nuts are seen."""
    rig.hides = ('nut',)
    rig.begin_again()


def hidden_pins(rig: FaultRig) -> None:
    """No pins are seen."""
    rig.hides = ('pin',)
    rig.begin_again()


def full_disk(rig: FaultRig) -> None:
    """The report goes to a full disk."""
    rig.save_report('/dev/full')


NAN = math.nan
DAMP, REPEAT, HOLD = 'balance damps', 'balance repeats its last command', 'joints hold'
PLANNED = 'balance believes planned forces'
STOP, SIT, OFF = 'protective stop', 'controlled sit', 'power off'
NAMED, REFUSED = 'work names it', 'message refused'

FAULTS: tuple[Fault, ...] = (
    *(Fault('IMU frozen', doing, stuck('imu/'), STOP, FROZEN, 'imu_frozen') for doing in ('standing', 'walking', 'working')),
    Fault('IMU is no number', 'standing', reads('imu/', NAN), REPEAT, CONTROL, 'not_a_number', may_fall=True),
    Fault('IMU is no number', 'working', reads('imu/', NAN), REPEAT, CONTROL, 'not_a_number', may_fall=True),
    Fault('IMU is no number for one tick', 'walking', briefly(0.002, reads('imu/', NAN)), REPEAT, CONTROL, 'makes no sense: imu/'),
    Fault('IMU has come loose', 'standing', reads('imu/linear_acceleration/x', 4.0, add=True), STOP, 2000.0, 'sensors_contradict'),
    Fault('IMU reports nothing', 'standing', put(silent={'imu/data'}), STOP, 100.0 + ROUND, 'imu_silent'),
    Fault('gyroscope drifts', 'standing', reads('imu/angular_velocity/y', 0.1, add=True), BORNE, 2.0, 'the gyroscope drifts'),
    *(Fault('joint angle is no number', doing, joint('l_knee', NAN), REPEAT, CONTROL, 'not_a_number', may_fall=True)
      for doing in ('standing', 'walking', 'working')),
    Fault('joint velocity is no number', 'standing', joint('r_hip_pitch', velocity=NAN), REPEAT, CONTROL, 'not_a_number', may_fall=True),
    Fault('joint angle is no number for one tick', 'working', briefly(0.002, joint('l_elbow', NAN)), REPEAT, CONTROL, 'makes no sense: l_elbow'),
    *(Fault('encoder of a knee jumps', doing, joint('r_knee', 0.4), REPEAT, CONTROL, 'r_knee', may_fall=True)
      for doing in ('standing', 'walking')),
    Fault('encoder of an arm jumps', 'working', joint('l_elbow', 0.4), REPEAT, CONTROL, 'encoder_jump', may_fall=True),
    Fault('encoder of an arm repeats itself', 'working', stuck('l_elbow'), STOP, 1500.0, 'encoder_frozen'),
    Fault('joint reads too fast', 'standing', joint('l_wrist_yaw', velocity=30.0), STOP, 100.0 + ROUND, 'joint_too_fast'),
    Fault('joint at its limit', 'standing', joint('head_yaw', 2.0), REPEAT, CONTROL, 'head_yaw', may_fall=True),
    Fault('joint works at its limit of torque', 'working', effort('l_elbow', 200.0), STOP, 500.0 + ROUND, 'torque_high'),
    *(Fault('sole sensor stuck', doing, stuck('l_sole/'), STOP, FROZEN, 'sole_frozen') for doing in ('standing', 'walking', 'working')),
    Fault('sole sensor is no number', 'standing', reads('l_sole/', NAN), SIT, ROUND, 'not_a_number', at_once=PLANNED),
    Fault('sole sensor reads nothing', 'standing', reads('r_sole/', 0.0), STOP, WEIGHED, 'weight_unexplained'),
    Fault('both sole sensors read nothing', 'standing', both_soles(0.0), STOP, FROZEN, 'ground_lost'),
    Fault('both sole sensors read nothing', 'walking', both_soles(0.0), STOP, FROZEN, 'ground_lost'),
    Fault('both sole sensors read nothing', 'working', both_soles(0.0), STOP, FROZEN, 'ground_lost'),
    Fault('sole sensor is silent', 'walking', put(silent={'l_sole/wrench'}), STOP, 100.0 + ROUND, 'sole_silent'),
    Fault('joint driver is silent', 'standing', put(silent={'joint_states'}), SIT, 100.0 + ROUND, 'joints_silent'),
    Fault('motor is hot', 'working', put(temperature={'l_knee': 95.0}), SIT, 1000.0 + ROUND, 'temperature_high'),
    Fault('supply voltage is low', 'standing', put(voltage={'battery': 38.0}), SIT, 250.0 + ROUND, 'voltage_low'),
    Fault('joint driver reports an error', 'standing', put(errors={'joint_driver: bus': 'can2 is off'}), STOP, 2500.0 + ROUND, 'can2 is off'),
    Fault('stop button is pressed', 'standing', put(button='pressed: gpio'), SIT, ROUND, 'button_pressed'),
    *(Fault('stop button is pulled out', doing, put(button='lost: /dev/input/event3: No such device'), STOP, ROUND, 'No such device')
      for doing in ('walking', 'working')),
    Fault('node of the stop button killed', 'standing', put(button=None), STOP, 500.0 + ROUND, 'button_lost'),
    Fault('commands delayed by 8 ms', 'walking', late(4), BORNE, 2.0, 'not answered in time'),
    *(Fault('commands delayed by 40 ms', doing, late(20), HOLD, CONTROL, 'no joint_commands') for doing in ('standing', 'working')),
    Fault('every second command lost', 'walking', lossy(2), BORNE, 2.0, 'not answered in time'),
    Fault('commands cut off for 0.1 s', 'standing', cut(0.1), HOLD, CONTROL, 'not answered in time'),
    Fault('commands duplicated, the older one last', 'walking', twice, BORNE, 2.0, 'came after newer ones'),
    Fault('commands are no numbers', 'standing', spoiled, HOLD, CONTROL, 'joint_commands refused', may_fall=True),
    Fault('state repeats its stamp', 'standing', stamps(lambda stamp, first: first - TICK_NS), HOLD, CONTROL, 'controller_silent'),
    Fault('state is lost for 50 ms', 'standing', stamps(lambda stamp, first: None if stamp < first + 50_000_000 else stamp),
          HOLD, CONTROL, 'not answered in time'),
    Fault('stamps jump 5 s ahead', 'standing', stamps(lambda stamp, first: stamp + 5_000_000_000), BORNE, 2.0, 'jumped ahead by 5.00 s'),
    Fault('stamps jump 0.5 s back', 'standing', stamps(lambda stamp, first: stamp - 500_000_000), BORNE, 2.0, 'went back by 0.50 s'),
    *(Fault('balance killed', doing, kill('balance'), HOLD, CONTROL, 'controller_silent', may_fall=doing == 'walking')
      for doing in ('standing', 'walking', 'working')),
    *(Fault('kinematics killed', doing, kill('kinematics'), STOP, 300.0 + ROUND, 'kinematics_silent') for doing in ('standing', 'working')),
    *(Fault('supervisor killed', doing, kill('supervisor'), STOP, 250.0 + ROUND, 'has been silent') for doing in ('standing', 'walking', 'working')),
    Fault('supervisor gone for good', 'standing', kill('supervisor'), SIT, 2000.0 + ROUND, 'has been silent'),
    *(Fault(f'clock jumps by {jump:+g} s', doing, put(clock_offset=jump), STOP, ROUND, 'clock_jump')
      for jump, doing in ((2.0, 'standing'), (-1.0, 'walking'))),
    *(Fault('second publisher on joint_commands', doing, put(commanders=('/balance', '/teleop')), STOP, ROUND, 'two_commanders')
      for doing in ('standing', 'working')),
    Fault('second robot in the same namespace', 'walking', put(commanders=('/balance', '/balance')), STOP, ROUND, 'two_commanders'),
    Fault('reference is no number', 'standing', bad_reference(NAN), REFUSED, CONTROL, 'l_elbow is nan'),
    Fault('reference jumps by 0.6 rad', 'standing', bad_reference(0.6), STOP, 1000.0 + ROUND, 'tracking_error'),
    Fault('robot is lifted', 'standing', push((0.0, 0.0, 600.0), 2.0), STOP, 800.0, 'neither foot touches the floor'),
    Fault('robot is knocked over', 'standing', push((900.0, 0.0, 0.0), 0.15), OFF, 2500.0, 'fall', may_fall=True),
    Fault('robot is knocked over', 'working', push((0.0, 900.0, 0.0), 0.15), DAMP, 1000.0, 'fall', may_fall=True),
    Fault('camera killed', 'working', without_camera, NAMED, 9000.0, 'sensor_lost'),
    Fault('camera covered', 'working', blind, NAMED, 6000.0, 'not_seen'),
    Fault('trays are empty', 'working', empty_trays, NAMED, 6000.0, 'tray_empty'),
    Fault('pins are hidden', 'working', hidden_pins, NAMED, 6000.0, 'pin_not_seen'),
    Fault('parts out of reach', 'working', nothing_in_reach, NAMED, 6000.0, 'out_of_reach'),
    Fault('gripper opens by itself', 'working', open_gripper, NAMED, 8000.0, 'fingers are'),
    Fault('disk is full', 'working', full_disk, REFUSED, CONTROL, 'No space left'),
)
