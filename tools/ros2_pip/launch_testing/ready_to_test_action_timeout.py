# SPDX-License-Identifier: Apache-2.0
"""How long the start may take."""
from __future__ import annotations

from collections.abc import Callable


def ready_to_test_action_timeout(timeout: float) -> Callable[[Callable], Callable]:
    """Sets how long generate_test_description's ReadyToTest may take [s]; else it is 15."""
    def decorate(function: Callable) -> Callable:
        function.__ready_to_test_action_timeout__ = timeout
        return function

    return decorate
