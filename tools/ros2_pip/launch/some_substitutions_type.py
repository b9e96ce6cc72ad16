# SPDX-License-Identifier: Apache-2.0
"""The types under the module name that ROS's own launch gives them."""
from __future__ import annotations

from .some_types import SomeSubstitutionsType, SomeSubstitutionsType_types_tuple

__all__ = ['SomeSubstitutionsType', 'SomeSubstitutionsType_types_tuple']
