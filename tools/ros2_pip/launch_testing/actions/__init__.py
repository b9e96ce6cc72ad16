# SPDX-License-Identifier: Apache-2.0
"""Actions of launch tests."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .ready import ReadyToTest

__all__ = ['ReadyToTest']
__getattr__ = refuse_missing_names(__name__)
