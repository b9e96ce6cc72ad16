# SPDX-License-Identifier: Apache-2.0
"""Finding processes, and keeping a launch alive."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .keep_alive_proc import KeepAliveProc
from .proc_lookup import NO_CMD_ARGS, NoMatchingProcessException, resolveProcesses

__all__ = ['KeepAliveProc', 'NO_CMD_ARGS', 'NoMatchingProcessException', 'resolveProcesses']
__getattr__ = refuse_missing_names(__name__)
