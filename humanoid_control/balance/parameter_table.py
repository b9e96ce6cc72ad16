# SPDX-License-Identifier: Apache-2.0
"""Names, ranges, units and meanings of the balance gains, as the C table states them.

`python -m humanoid_control.balance.parameter_table` prints it.
"""
from __future__ import annotations

from dataclasses import dataclass

from humanoid_control.balance.native_structs import load_balance_library


@dataclass(frozen=True)
class Parameter:
    """One gain: `section.field`, allowed range, unit and description."""

    name: str
    minimum: float
    maximum: float
    unit: str
    description: str


def parameter_table() -> tuple[Parameter, ...]:
    """All gains in the order in which the C side stores them."""
    library = load_balance_library()
    entries = (library.balance_parameter(i).contents for i in range(library.balance_parameter_count()))
    return tuple(Parameter(e.name.decode(), e.minimum, e.maximum, e.unit.decode(), e.description.decode()) for e in entries)


def main() -> None:
    """Print the table."""
    for p in parameter_table():
        print(f'{p.name:34} {p.minimum:>8g} .. {p.maximum:<8g} {p.unit:12} {p.description}')


if __name__ == '__main__':
    main()
