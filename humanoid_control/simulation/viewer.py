# SPDX-License-Identifier: Apache-2.0
"""MuJoCo's viewer beside the running simulation, where a display is."""
from __future__ import annotations

import os
import time
from typing import Any

from humanoid_control.simulation.offscreen import RenderingError
from humanoid_control.simulation.world import World

PERIOD = 1 / 30    # [s] of wall time between pictures


class Viewer:
    """Passive window on a world; looks only, at most 30 times a second."""

    def __init__(self, world: World):
        """Open the window.

        Raises RenderingError that says why it cannot.
        """
        if not (os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
            raise RenderingError('no display (DISPLAY and WAYLAND_DISPLAY are not set): running headless; '
                                 'set headless to true to silence this')
        try:
            import mujoco.viewer
            self._window: Any = mujoco.viewer.launch_passive(world.model, world.data, show_left_ui=False, show_right_ui=False)
        except (ImportError, RuntimeError, OSError) as error:
            raise RenderingError(f"MuJoCo's viewer cannot be opened: {error}; running headless") from error
        self._due = 0.0

    def show(self) -> None:
        """Show the present state if a picture is due."""
        now = time.monotonic()
        if now >= self._due and self._window.is_running():
            self._due = now + PERIOD
            self._window.sync()

    def close(self) -> None:
        """Close the window."""
        self._window.close()
