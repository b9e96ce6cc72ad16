# SPDX-License-Identifier: Apache-2.0
"""The type under the module name that ROS's own launch gives it."""
from __future__ import annotations

from .some_types import SomeEntitiesType

__all__ = ['SomeEntitiesType']
