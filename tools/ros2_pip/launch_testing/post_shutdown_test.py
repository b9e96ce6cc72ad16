# SPDX-License-Identifier: Apache-2.0
"""Tests after the processes' end."""
from __future__ import annotations

from collections.abc import Callable


def post_shutdown_test() -> Callable[[type], type]:
    """Marks a TestCase as one to run when all processes have ended."""
    def decorate(test_class: type) -> type:
        test_class.__post_shutdown_test__ = True
        return test_class

    return decorate
