# SPDX-License-Identifier: Apache-2.0
"""OpenGL without a display."""
from __future__ import annotations

import ctypes.util
import os
from typing import Any

from humanoid_control.model.errors import HumanoidError

# threads of Mesa's software rasteriser beside the one that draws; read when the first context is made
_SOFTWARE_THREADS = ('LP_NUM_THREADS', '1')


class RenderingError(HumanoidError):
    """Pictures cannot be drawn on this machine."""


def create_context(width: int, height: int) -> Any:
    """Current off-screen OpenGL context: EGL when available, else OSMesa; `free()` gives it back.

    MUJOCO_GL=egl or =osmesa forces one of the two. A context belongs to the thread that made it.

    Raises RenderingError that says what to install.
    """
    os.environ.setdefault(*_SOFTWARE_THREADS)
    wanted = os.environ.get('MUJOCO_GL', '').lower()
    causes = []
    for name, library in (('egl', 'EGL'), ('osmesa', 'OSMesa')):
        if wanted in ('egl', 'osmesa') and wanted != name:
            continue
        if ctypes.util.find_library(library) is None:
            causes.append(f'{name}: lib{library} is not installed')
            continue
        try:
            context = _context_class(name)(width, height)
            context.make_current()
            return context
        except (ImportError, AttributeError, RuntimeError, OSError) as error:
            causes.append(f'{name}: {error}')
    raise RenderingError('no off-screen OpenGL, cameras stay dark: install it with `apt install libegl1 libgl1` '
                         f'or `apt install libosmesa6` ({"; ".join(causes)})')


def _context_class(name: str) -> type:
    """MuJoCo's context class; imported late, as its import already needs the library."""
    if name == 'egl':
        from mujoco.egl import GLContext
    else:
        from mujoco.osmesa import GLContext
    return GLContext
