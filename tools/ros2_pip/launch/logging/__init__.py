# SPDX-License-Identifier: Apache-2.0
"""Logging of a launch: to the screen and to launch.log."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .launch_log import get_logger, get_output_loggers, launch_config, log_launch_config

__all__ = ['get_logger', 'get_output_loggers', 'launch_config', 'log_launch_config']
__getattr__ = refuse_missing_names(__name__)
