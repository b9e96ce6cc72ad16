# SPDX-License-Identifier: Apache-2.0
"""Actions with nodes."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .lifecycle_node import LifecycleNode
from .node import Node
from .push_ros_namespace import PushROSNamespace
from .set_parameter import SetParameter
from .set_remap import SetRemap

PushRosNamespace = PushROSNamespace  # its name before Humble

__all__ = ['LifecycleNode', 'Node', 'PushROSNamespace', 'PushRosNamespace', 'SetParameter', 'SetRemap']
__getattr__ = refuse_missing_names(__name__)
