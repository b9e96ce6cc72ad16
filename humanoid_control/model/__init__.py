# SPDX-License-Identifier: Apache-2.0
"""The robot as data: URDF, names, limits, frames and the layout of its messages.

The only place that knows an order of joints; everything else maps by name.
"""
from typing import TYPE_CHECKING

from humanoid_control.model.errors import ConfigurationError, HumanoidError, ModelError
from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.model.robot_configuration import RobotConfiguration
from humanoid_control.model.robot_description import load_urdf, share_path
from humanoid_control.model.site_layout import SiteLayout
from humanoid_control.model.station_configuration import StationConfiguration

if TYPE_CHECKING:
    from humanoid_control.model.robot_model import RobotModel

__all__ = [
    'ConfigurationError', 'HumanoidError', 'LowStateLayout', 'ModelError', 'RobotConfiguration',
    'RobotModel', 'SiteLayout', 'StationConfiguration', 'load_urdf', 'share_path',
]


def __getattr__(name: str) -> object:
    """RobotModel on first use: it loads Pinocchio, which nodes that only watch do without."""
    if name == 'RobotModel':
        from humanoid_control.model.robot_model import RobotModel
        return RobotModel
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
