# SPDX-License-Identifier: Apache-2.0
"""The product's safety supervisor without ROS, and what it is shown of a simulated robot."""
from __future__ import annotations

import functools

import numpy as np
import pinocchio as pin

from humanoid_control.balance.native_structs import Report
from humanoid_control.model import RobotConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.robot_sample import RobotSample
from humanoid_control.safety.settings import SafetySettings
from humanoid_control.safety.supervisor import Supervisor

State = tuple[np.ndarray, np.ndarray, np.ndarray]


@functools.cache
def _safety() -> tuple[SafetySettings, FaultTable, LinkTree, RobotConfiguration]:
    robot = RobotConfiguration.load()
    return SafetySettings.load(), FaultTable.load(), LinkTree(load_urdf(share_path(robot.urdf))), robot


def new_supervisor() -> Supervisor:
    """One with the package's settings, that has seen nothing yet."""
    return Supervisor(*_safety(), lambda: '')


def sample_of(layout: LowStateLayout, state: State, report: Report) -> RobotSample:
    """What arrives on the robot's topics: joints and sensors of low_state, the base as balance estimates it.

    Args:
        state: position, velocity and effort of low_state, each (layout.size,).
    """
    position, velocity, effort = state
    names = layout.joint_names
    base = pin.XYZQUATToSE3(np.array([*report.base_position, *report.base_quaternion])).homogeneous
    return RobotSample(
        position=dict(zip(names, position[layout.joints])), velocity=dict(zip(names, velocity[layout.joints])),
        effort=dict(zip(names, effort[layout.joints])), angular_velocity=position[layout.angular_velocity].copy(),
        linear_acceleration=position[layout.linear_acceleration].copy(), base=base,
        base_linear=np.array(report.base_velocity), base_angular=np.array(report.base_angular_velocity),
        sole_force={side: position[layout.force[f'{side}_sole']].copy() for side in SIDES},
        sole_torque={side: position[layout.torque[f'{side}_sole']].copy() for side in SIDES})
