# SPDX-License-Identifier: Apache-2.0
"""A file that is on its way to the disk as soon as it is written."""

from __future__ import annotations

import os
from pathlib import Path


class DiskFile:
    """Unbuffered file for writing: what was written survives the end of the process, however it ends."""

    def __init__(self, path: Path):
        """Create the file, which must not exist. Raises OSError."""
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._position = 0

    def write(self, data: bytes) -> int:
        """Write all of it. Raises OSError, e.g. when the disk is full; a part may be written then."""
        rest = memoryview(data)
        while rest:
            written = os.write(self._descriptor, rest)
            self._position += written
            rest = rest[written:]
        return len(data)

    def tell(self) -> int:
        """Bytes written."""
        return self._position

    def flush(self) -> None:
        """Nothing is held back."""

    def truncate(self, size: int) -> None:
        """Cut the end off. Raises OSError."""
        os.ftruncate(self._descriptor, size)

    def close(self) -> None:
        """End it; the name stays."""
        os.close(self._descriptor)
