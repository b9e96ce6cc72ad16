# SPDX-License-Identifier: Apache-2.0
"""Where the sockets of simulated buses lie."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from humanoid_control.drivers.errors import BusError


def default_socket_folder() -> Path:
    """Folder of this user and ROS domain in the system's folder of temporary files; it need not exist."""
    return Path(tempfile.gettempdir()) / f'humanoid_buses_{os.getuid()}_{os.environ.get("ROS_DOMAIN_ID", "0")}'


def make_socket_folder(path: str | Path) -> Path:
    """Make a folder that only this user may enter; one that exists is taken as it is.

    Raises BusError when it is no folder, or another user's.
    """
    folder = Path(path)
    try:
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    except OSError as error:
        raise BusError(f'folder of the simulated buses {folder}: {error.strerror}') from error
    if folder.stat().st_uid != os.getuid():
        raise BusError(f'folder of the simulated buses {folder}: belongs to another user; name another folder')
    return folder
