# SPDX-License-Identifier: Apache-2.0
"""Marks on launch tests."""
from __future__ import annotations

from collections.abc import Callable


def keep_alive(test_description: Callable) -> Callable:
    """Keeps the launch running when its processes have ended, until the tests have."""
    marks = getattr(test_description, '__markers__', {})
    test_description.__markers__ = {**marks, 'keep_alive': True}
    return test_description
