# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node `kinematics` on top of config/kinematics.yaml."""
from __future__ import annotations

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import ParameterException
from rclpy.node import Node

from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import ConfigurationError, share_path

_BUILT_IN = ('use_sim_time', 'start_type_description_service', 'qos_overrides')


class KinematicsParameters:
    """Declares frames, files, and every number of the settings by its dotted name.

    The node must have been made with `automatically_declare_parameters_from_overrides=True`, so that what was given and
    is not known can be refused.
    """

    def __init__(self, node: Node) -> None:
        """Raises ConfigurationError for a bad settings file and for a parameter that is unknown or out of range."""
        self._node = node
        self._given = {name for name in node.get_parameters_by_prefix('') if not name.startswith(_BUILT_IN)}
        self._declare('autostart', False, 'configure and activate without being asked')
        self._declare('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')), 'robot file')
        self._declare('kinematics_file', str(share_path('config', 'kinematics.yaml')), 'settings of the kinematics')
        self._declare('supervised', False, 'without a safety supervisor hold still')
        self._declare('odometry_frame', 'odom', 'frame that targets may be given in')
        self._declare('footprint_frame', 'base_footprint', 'frame between the soles that targets may be given in')
        self._file_settings = KinematicsSettings.load(self.text('kinematics_file'))
        for name, value, about, limits in self._file_settings.numbers():
            self._declare(name, value, about, limits)
        if self._given:
            raise ConfigurationError(f'parameters of node {node.get_name()!r}: {", ".join(sorted(self._given))} unknown; '
                                     'known are robot_file, autostart and what config/kinematics.yaml lists')

    def text(self, name: str) -> str:
        """Value of a text parameter."""
        return self._node.get_parameter(name).get_parameter_value().string_value

    @property
    def supervised(self) -> bool:
        """Whether the robot may only move while a safety supervisor is heard."""
        return self._node.get_parameter('supervised').value

    def settings(self) -> KinematicsSettings:
        """Settings of the file with the present values of the parameters; ValueError for one out of range."""
        numbers = {name: self._node.get_parameter(name).value for name, *_ in self._file_settings.numbers()}
        return self._file_settings.with_numbers(numbers)

    def _declare(self, name: str, value: object, about: str, limits: tuple[float, float] | None = None) -> None:
        descriptor = ParameterDescriptor(description=f'{about}; takes effect when configured')
        if limits and isinstance(value, float):
            descriptor.floating_point_range = [FloatingPointRange(from_value=float(limits[0]), to_value=float(limits[1]))]
        elif limits:
            descriptor.integer_range = [IntegerRange(from_value=int(limits[0]), to_value=int(limits[1]), step=1)]
        if name in self._given:
            self._node.undeclare_parameter(name)
            self._given.remove(name)
        try:
            self._node.declare_parameter(name, value, descriptor)
        except ParameterException as error:
            raise ConfigurationError(f'node {self._node.get_name()!r}: {error}') from error
