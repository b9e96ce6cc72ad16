# SPDX-License-Identifier: Apache-2.0
"""Start of every executable: a Ctrl-C that comes while it is still loading ends it quietly, too."""
from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType
from typing import NoReturn


def run(module: str) -> NoReturn:
    """Import a module and end with the code that its `main` returns.

    Loading takes a second or more; an interrupt in that time would end in a traceback in the middle of an import. From
    there on `main` has its own handlers.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    sys.exit(importlib.import_module(module).main())


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)
