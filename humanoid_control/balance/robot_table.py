# SPDX-License-Identifier: Apache-2.0
"""RobotModel as the description that the C controller reads."""
from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from humanoid_control.balance.model_table import ModelTable, frame_on_body
from humanoid_control.balance.native_structs import MAX_FREE, MAX_JOINTS, Description
from humanoid_control.model.errors import ModelError
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.model.robot_model import RobotModel

LEG_JOINTS = 6


def describe(robot: RobotModel) -> Description:
    """Description of a robot for balance_init; sides in the order left, right.

    Raises ModelError when the robot has more joints than the tables hold, legs that don't have six joints, or an IMU
    that isn't fixed to the base.
    """
    configuration, n = robot.configuration, len(robot.joint_names)
    number = {name: robot.v_index[name] - robot.base_joint_count for name in robot.joint_names}
    free = [*configuration.waist, *(name for side in SIDES for name in configuration.arms[side].joints)]
    if n > MAX_JOINTS or len(free) > MAX_FREE:
        raise ModelError(f'balance holds {MAX_JOINTS} joints, {MAX_FREE} of them in waist and arms; '
                         f'robot {configuration.name!r} has {n} and {len(free)}')
    d = Description()
    d.joints = n
    table = ModelTable.of(robot.model)
    for field in ('parent', 'placement', 'axis', 'inertia', 'armature'):
        _fill(getattr(d, field), getattr(table, field))
    _fill(d.damping, [configuration.joints[name].damping for name in robot.joint_names])
    for field in ('lower', 'upper', 'effort_limit'):
        _fill(getattr(d, field), getattr(robot, field))
    d.waist_count, d.free_count = len(configuration.waist), len(free)
    _fill(d.free_joint, [number[name] for name in free])
    for k, side in enumerate(SIDES):
        leg, arm = configuration.legs[side], configuration.arms[side]
        if len(leg.joints) != LEG_JOINTS:
            raise ModelError(f'balance needs legs of {LEG_JOINTS} joints, leg {side!r} has {len(leg.joints)}')
        _fill(d.leg[k], [number[name] for name in leg.joints])
        d.sole_body[k] = _place(d.sole_placement[k], robot, leg.sole)
        d.hand_body[k] = _place(d.hand_placement[k], robot, arm.gripper)
        d.wrist_body[k] = _place(d.wrist_placement[k], robot, arm.force_sensor)
        d.gripper_mass[k] = mass_beyond(robot.urdf, arm.force_sensor)
    d.sole_half_length, d.sole_half_width = configuration.sole.half_length, configuration.sole.half_width
    d.torso_body = _place(d.torso_placement, robot, configuration.frames.torso)
    if _place(d.imu_placement, robot, configuration.frames.imu) != 0:
        raise ModelError(f'balance needs the IMU on the base, {configuration.frames.imu!r} is not')
    _set_entries(d, robot)
    return d


def mass_beyond(urdf: str, link: str) -> float:
    """Mass [kg] of a link of a URDF and of all links that hang on it; ModelError when there is none."""
    robot = ElementTree.fromstring(urdf)
    masses = {element.get('name'): element.find('inertial/mass') for element in robot.findall('link')}
    children: dict[str, list[str]] = {}
    for joint in robot.findall('joint'):
        children.setdefault(joint.find('parent').get('link'), []).append(joint.find('child').get('link'))
    total, remaining = 0.0, [link]
    while remaining:
        name = remaining.pop()
        total += float(masses[name].get('value')) if masses.get(name) is not None else 0.0
        remaining += children.get(name, [])
    if total <= 0.0:
        raise ModelError(f'link {link!r} and what hangs on it have no mass')
    return total


def _set_entries(d: Description, robot: RobotModel) -> None:
    layout = robot.low_state_layout()
    entry = {name: index for index, name in enumerate(layout.names)}
    d.state_entries, d.command_entries = layout.size, len(layout.joint_names)
    _fill(d.joint_entry, [entry[name] for name in robot.joint_names])
    _fill(d.gripper_entry, [entry[name] for name in robot.configuration.gripper_joints])
    d.gyro_entry, d.acceleration_entry = layout.angular_velocity.start, layout.linear_acceleration.start
    for k, side in enumerate(SIDES):
        d.sole_force_entry[k] = layout.force[f'{side}_sole'].start
        d.sole_torque_entry[k] = layout.torque[f'{side}_sole'].start
        d.wrist_force_entry[k] = layout.force[f'{side}_wrist'].start


def _place(target: object, robot: RobotModel, frame: str) -> int:
    """Write a frame's placement on its body; returns the body."""
    body, placement = frame_on_body(robot.model, robot.frame_id(frame))
    _fill(target, placement)
    return body


def _fill(target: object, values: object) -> None:
    view = np.ctypeslib.as_array(target)
    values = np.asarray(values)
    view[:len(values)] = values
