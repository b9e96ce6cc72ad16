# SPDX-License-Identifier: Apache-2.0
"""Loading the package's own C libraries."""
from __future__ import annotations

import ctypes
from pathlib import Path

from humanoid_control.model.errors import HumanoidError


class NativeLibraryError(HumanoidError):
    """A C library of this package is missing or does not load."""


def load_library(part: str) -> ctypes.CDLL:
    """C library of the folder humanoid_control/<part>.

    Raises NativeLibraryError that says how to build it.
    """
    path = Path(__file__).resolve().parent / part / f'_{part}.so'
    if not path.is_file():
        raise NativeLibraryError(f'{path} is missing: build it with `make native` or install the package')
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise NativeLibraryError(f'{path} does not load: {error}; build it again with `make native`') from error
