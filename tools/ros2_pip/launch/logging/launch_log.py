# SPDX-License-Identifier: Apache-2.0
"""Loggers of a launch, writing to the screen and to a file below ~/.ros/log."""
from __future__ import annotations

import logging
import os
import socket
import sys
import time
from pathlib import Path

SCREEN_FORMAT = '[{levelname}] [{name}]: {message}'
FILE_FORMAT = '{created:.7f} [{levelname}] [{name}]: {message}'
OUTPUTS = {
    'screen': ({'screen'}, {'screen'}),
    'log': ({'log'}, {'log', 'screen'}),
    'both': ({'log', 'screen'}, {'log', 'screen'}),
}


class _ScreenHandler(logging.Handler):
    """Writes to whatever sys.stdout is at the time, so that tests can capture it."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        encoding = getattr(sys.stdout, 'encoding', None) or 'utf-8'
        print(text.encode(encoding, 'replace').decode(encoding), flush=True)


class LaunchConfig:
    """Where launch logs go."""

    def __init__(self) -> None:
        self._log_dir: Path | None = None
        self._handlers: dict[tuple[str, str], logging.Handler] = {}
        self.level = logging.INFO

    @property
    def log_dir(self) -> str:
        """Folder of this run's logs, made when first asked for."""
        if self._log_dir is None:
            home = os.environ.get('ROS_HOME') or os.path.join('~', '.ros')
            base = Path(os.environ.get('ROS_LOG_DIR') or os.path.join(home, 'log')).expanduser()
            now = time.time()
            stamp = time.strftime('%Y-%m-%d-%H-%M-%S', time.localtime(now))
            self._log_dir = base / f'{stamp}-{int(now % 1 * 1e6):06d}-{socket.gethostname()}-{os.getpid()}'
            self._log_dir.mkdir(parents=True, exist_ok=True)
        return str(self._log_dir)

    def handler(self, destination: str, form: str) -> logging.Handler:
        """Handler for 'screen' or 'log' with a format, the same for all loggers."""
        if (destination, form) not in self._handlers:
            handler = _ScreenHandler() if destination == 'screen' else logging.FileHandler(
                os.path.join(self.log_dir, 'launch.log'), encoding='utf-8')
            handler.setFormatter(logging.Formatter(form, style='{'))
            self._handlers[destination, form] = handler
        return self._handlers[destination, form]


launch_config = LaunchConfig()


def _logger(name: str, handlers: list[tuple[str, str]]) -> logging.Logger:
    """Logger apart from the root's, made with its handlers when first asked for."""
    logger = logging.getLogger(name)
    logger.setLevel(launch_config.level)
    logger.propagate = False
    if not logger.handlers:
        for destination, form in handlers:
            logger.addHandler(launch_config.handler(destination, form))
    return logger


def get_logger(name: str = 'launch') -> logging.Logger:
    """Logger of launch itself or of an action."""
    return _logger(name, [('screen', SCREEN_FORMAT), ('log', FILE_FORMAT)])


def get_output_loggers(process_name: str, output_config: str | dict) -> tuple[logging.Logger, logging.Logger]:
    """Loggers for a process's standard output and standard error.

    Raises ValueError for an output configuration outside the subset.
    """
    if isinstance(output_config, dict):
        for source, where in output_config.items():
            unknown = ({where} if isinstance(where, str) else set(where)) - {'screen', 'log'}
            if source not in ('stdout', 'stderr', 'both') or unknown:
                raise ValueError(f'{{{source!r}: {where!r}}} is not an output configuration of the subset, i.e. '
                                 "'stdout', 'stderr' or 'both' to 'screen' or 'log'")
        both, *each = ({where} if isinstance(where := output_config.get(source, ()), str) else set(where)
                       for source in ('both', 'stdout', 'stderr'))
        destinations = [both | one for one in each]
    elif output_config in OUTPUTS:
        destinations = OUTPUTS[output_config]
    else:
        raise ValueError(f'{output_config!r} is not an output configuration of the subset, i.e. {", ".join(OUTPUTS)}')
    forms = {'screen': '{message}', 'log': '{created:.7f} {message}'}
    return tuple(
        _logger(f'{process_name}-{stream}', [(where, forms[where]) for where in sorted(wanted)])
        for stream, wanted in zip(('stdout', 'stderr'), destinations))


def log_launch_config(*, logger: logging.Logger) -> None:
    """Says where the logs are and how much is logged."""
    logger.info(f'All log files can be found below {launch_config.log_dir}')
    logger.info(f'Default logging verbosity is set to {logging.getLevelName(launch_config.level)}')
