# SPDX-License-Identifier: Apache-2.0
"""Running other programs."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

from errors import SetUpError

# The ROS wheels mark a process whose library path they have set. The mark of another environment, inherited
# from the calling shell, would leave this environment's libraries unfound.
WHEEL_VARIABLES = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE',)


def run(command: list[str], log: Path, *, variables: dict[str, str] | None = None, cwd: Path | None = None) -> None:
    """Runs a command with its output in a log file.

    Raises SetUpError with the command, the log's last lines and its place when the exit status isn't 0.
    """
    environment = {name: value for name, value in os.environ.items() if name not in WHEEL_VARIABLES}
    if '_ROS_WHEELS_BOOTSTRAP_COMPLETE' in os.environ:
        environment.pop('LD_LIBRARY_PATH', None)
    environment.update(variables or {})
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, 'w') as output:
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                    env=environment, cwd=cwd, check=False).returncode
        except OSError as error:
            raise SetUpError(f'cannot run {command[0]}: {error}') from error
    if status != 0:
        tail = '\n'.join(log.read_text(errors='replace').splitlines()[-25:])
        raise SetUpError(f'`{" ".join(command)}` ended with status {status}; whole output: {log}\n{tail}')
