# SPDX-License-Identifier: Apache-2.0
"""What nodes say of themselves on `diagnostics`, as far as the supervisor cares."""

from __future__ import annotations

from collections.abc import Iterable

ERROR = 2  # level of diagnostic_msgs/DiagnosticStatus
FORGOTTEN_AFTER = 3.0  # [s] of real time: statuses come once a second (REP-107)


class NodeReports:
    """Errors of nodes on the control path, temperatures and voltages; what is not renewed is forgotten.

    An error counts from its second report on: one that is gone a second later, as while starting, is none.
    """

    def __init__(self, control_path: tuple[str, ...]):
        """
        Args:
            control_path: names of nodes whose errors matter; a status is named `NODE: what`.
        """
        self._control_path = control_path
        self._errors: dict[str, tuple[float, str, int]] = {}
        self._values: dict[str, dict[str, tuple[float, float]]] = {'temperature': {}, 'voltage': {}}

    def take(self, name: str, level: int, message: str, values: Iterable[tuple[str, str]], wall: float) -> None:
        """Note one status, read at the steady time `wall` [s]."""
        node = name.partition(':')[0].rpartition('/')[2].strip()  # some tell their namespace, too
        if node in self._control_path and level == ERROR:
            reports = self._errors[name][2] + 1 if name in self._errors else 1
            self._errors[name] = (wall, message, reports)
        else:
            self._errors.pop(name, None)
        subject = name.replace('/', ' ').rpartition(' ')[2]
        for key, value in values:
            if key in self._values:
                try:
                    self._values[key][subject] = (wall, float(value))
                except ValueError:
                    self._values[key].pop(subject, None)

    def errors(self, wall: float) -> dict[str, str]:
        """Messages by status name that are not older than a few seconds."""
        return {
            name: message
            for name, (seen, message, reports) in self._errors.items()
            if reports > 1 and wall - seen < FORGOTTEN_AFTER
        }

    def values(self, quantity: str, wall: float) -> dict[str, float]:
        """`temperature` [degree C] or `voltage` [V] by joint or supply."""
        return {name: value for name, (seen, value) in self._values[quantity].items() if wall - seen < FORGOTTEN_AFTER}
