# SPDX-License-Identifier: Apache-2.0
"""Checking arguments."""
from __future__ import annotations

from collections.abc import Iterable


def ensure_argument_type(argument: object, types: type | Iterable[type], argument_name: str,
                         caller: str | None = None) -> None:
    """Raises TypeError naming argument, caller and expectation if the argument is of another type."""
    expected = tuple(types) if isinstance(types, Iterable) else (types,)
    if not isinstance(argument, expected):
        names = ', '.join(getattr(kind, '__name__', str(kind)) for kind in expected)
        place = f' of {caller}' if caller else ''
        raise TypeError(f"argument '{argument_name}'{place} must be one of [{names}], got {argument!r}")
