# SPDX-License-Identifier: Apache-2.0
"""Events of nodes."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from . import lifecycle
from .matchers import matches_node_name

__all__ = ['lifecycle', 'matches_node_name']
__getattr__ = refuse_missing_names(__name__)
