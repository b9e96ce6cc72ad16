# SPDX-License-Identifier: Apache-2.0
"""Running a launch test several times."""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable


def parametrize(argnames: str | Iterable[str], argvalues: Iterable) -> Callable:
    """Runs the test once for each of the values of generate_test_description's arguments."""
    names = [name.strip() for name in argnames.split(',')] if isinstance(argnames, str) else list(argnames)

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def runs() -> list[tuple[Callable, dict[str, object]]]:
            result = []
            for values in argvalues:
                row = values if len(names) > 1 else [values]
                arguments = dict(zip(names, row, strict=True))
                result.append((functools.partial(function, **arguments), arguments))
            return result

        runs.__parametrized__ = True
        return runs

    return decorate
