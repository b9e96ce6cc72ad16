# SPDX-License-Identifier: Apache-2.0
"""Parameters of the nodes `simulator` and `camera` on top of config/simulator.yaml."""
from __future__ import annotations

import dataclasses
from array import array
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.model.site_layout import SiteLayout
from humanoid_control.simulation.configuration import SimulatorConfiguration

_FILES = {
    'simulator_file': ('settings of the simulator', ('config', 'simulator.yaml')),
    'robot_file': ('robot file', ('config', 'robots', 'humanoid.yaml')),
    'station_file': ('drawing of the station; empty: no station', ('config', 'stations', 'nut_station.yaml')),
    'layout_file': ('drawing of a site with its stations, instead of station_file; empty: that one', ()),
}
_BUILT_IN = ('use_sim_time', 'start_type_description_service')


class SimulatorParameters:
    """Files and settings given to a node.

    The node must have been made with `automatically_declare_parameters_from_overrides=True`, so that what was
    given and is not known can be refused.

    Attributes:
        options: settings of config/simulator.yaml that were given as parameters, by name.
        files: paths by parameter name.
    """

    def __init__(self, node: Node, more: tuple[str, ...] = ()):
        """Declare the parameters.

        Args:
            more: further parameters that the node declares itself.

        Raises ConfigurationError naming an unknown parameter, or what is wrong in a file.
        """
        given = {name: parameter.value for name, parameter in node.get_parameters_by_prefix('').items()}
        known = SimulatorConfiguration.sections()
        for name in given:
            if name not in (*known, *_FILES, *more, *_BUILT_IN) and not name.startswith('qos_overrides.'):
                raise ConfigurationError(f'parameter {name!r} of node {node.get_name()!r} is unknown; known are '
                                         f'{", ".join(sorted((*known, *_FILES, *more)))}')
        self.files: dict[str, str] = {}
        for name, (description, place) in _FILES.items():
            if name not in given:
                node.declare_parameter(name, str(share_path(*place)) if place else '',
                                       ParameterDescriptor(description=description, read_only=True))
            self.files[name] = str(node.get_parameter(name).value)
        self.options: dict[str, Any] = {name: list(value) if isinstance(value, array) else value
                                        for name, value in given.items() if name in known}
        self.settings = SimulatorConfiguration.load(self.files['simulator_file'], self.options)
        for name, section in known.items():
            if name not in given:
                value = getattr(getattr(self.settings, section), name)
                node.declare_parameter(name, value, ParameterDescriptor(
                    description=f'see {section} in config/simulator.yaml', dynamic_typing=value is None))

    def robot(self) -> RobotModel:
        """The robot of `robot_file`."""
        return RobotModel.load(self.files['robot_file'])

    def site(self) -> SiteLayout | None:
        """The site of `layout_file`, or the station of `station_file`; None when both are empty."""
        if not self.files['layout_file'] and not self.files['station_file']:
            return None
        return SiteLayout.of_files(self.files['layout_file'], self.files['station_file'])

    def number(self, node: Node, name: str) -> float:
        """Present value of a setting that may be changed while the node runs; the file's when it makes no sense."""
        section = SimulatorConfiguration.sections()[name]
        part = getattr(self.settings, section)
        value = node.get_parameter(name).value
        try:
            return getattr(dataclasses.replace(part, **{name: type(getattr(part, name))(value)}), name)
        except (ValueError, TypeError) as error:
            node.get_logger().warning(f'parameter {name}: {error}; keeping {getattr(part, name)}')
            return getattr(part, name)
