# SPDX-License-Identifier: Apache-2.0
"""A process that does nothing."""
from __future__ import annotations

import sys

from launch.actions import ExecuteProcess

SCRIPT = """
import signal
try:
    signal.pause()
except KeyboardInterrupt:
    pass
"""


class KeepAliveProc(ExecuteProcess):
    """Keeps the launch alive until it is shut down."""

    def __init__(self) -> None:
        super().__init__(cmd=[sys.executable, '-c', SCRIPT])
