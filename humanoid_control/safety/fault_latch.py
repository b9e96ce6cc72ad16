# SPDX-License-Identifier: Apache-2.0
"""Keeps faults until somebody resets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.safety_state import FaultReport
from humanoid_control.safety.stop_category import StopCategory


@dataclass
class _Latched:
    """One latched fault; `active_since` is None while its cause is gone."""

    finding: Finding
    first_seen: float
    first_seen_wall: str
    active_since: float | None
    count: int = 1


class FaultLatch:
    """Latches findings that last.

    A fault is kept whatever happens to its cause, until `reset` finds the cause gone. The demand for a stop never
    weakens but by `reset`. While the robot sits down or is off, faults that demand less are not latched: what a fall
    does to joints would only hide its cause. They still stand in the way of a reset.
    """

    def __init__(self, table: FaultTable, wall_clock: Callable[[], str]):
        """
        Args:
            wall_clock: date and time now, as text for people.
        """
        self._table = table
        self._wall_clock = wall_clock
        self._pending: dict[tuple[str, str], float] = {}
        self._latched: dict[tuple[str, str], _Latched] = {}
        self._eclipsed: dict[tuple[str, str], Finding] = {}
        self._demand = StopCategory.NONE

    @property
    def demand(self) -> StopCategory:
        """Hardest stop that was demanded since the last reset."""
        return self._demand

    def observe(self, findings: Iterable[Finding], now: float) -> list[FaultReport]:
        """Take in all that is seen now; what is not among the findings counts as gone.

        Args:
            now: the robot's time [s].

        Returns faults that were latched by this call.
        """
        present = {(finding.code, finding.subject): finding for finding in findings}
        self._eclipsed = {key: finding for key, finding in present.items() if self._is_eclipsed(key)}
        for key in self._eclipsed:
            del present[key]
        for key in self._pending.keys() - present.keys():
            del self._pending[key]
        for key in self._latched.keys() - present.keys():
            self._latched[key].active_since = None
        fresh = []
        for key, finding in present.items():
            latched = self._latched.get(key)
            if latched is not None:
                if latched.active_since is None:
                    latched.active_since = now
                    latched.count += 1
            elif now - self._pending.setdefault(key, now) >= self._table[finding.code].after:
                self._latch(key, finding, now)
                fresh.append(self._report(self._latched[key]))
            elif now < self._pending[key]:  # the clock was set back: begin to count again
                self._pending[key] = now
        self._raise_demand(now)
        return fresh

    def press(self, code: str, detail: str, now: float) -> FaultReport:
        """Latch a fault without a lasting cause, such as a pressed button."""
        finding = Finding(code, '', detail)
        key = (code, '')
        if key in self._latched:
            self._latched[key].count += 1
        else:
            self._latch(key, finding, now)
            self._latched[key].active_since = None
        self._raise_demand(now)
        return self._report(self._latched[key])

    def reset(self) -> tuple[FaultReport, ...]:
        """Forget all faults unless the cause of one is still there; returns those that hinder, empty when all went."""
        eclipsed = [_Latched(finding, 0.0, self._wall_clock(), 0.0) for finding in self._eclipsed.values()]
        hindering = tuple(
            self._report(fault) for fault in (*self._latched.values(), *eclipsed) if fault.active_since is not None
        )
        if not hindering:
            self._latched.clear()
            self._demand = StopCategory.NONE
        return hindering

    def reports(self) -> tuple[FaultReport, ...]:
        """Latched faults, oldest first."""
        return tuple(self._report(fault) for fault in self._latched.values())

    def _is_eclipsed(self, key: tuple[str, str]) -> bool:
        demand = self._demand
        return (
            demand <= StopCategory.CONTROLLED_SIT and key not in self._latched and self._table[key[0]].category > demand
        )

    def _latch(self, key: tuple[str, str], finding: Finding, now: float) -> None:
        first = self._pending.pop(key, now)
        self._latched[key] = _Latched(finding, first, self._wall_clock(), first)

    def _raise_demand(self, now: float) -> None:
        for fault in self._latched.values():
            self._demand = min(self._demand, self._category(fault, now))

    def _category(self, fault: _Latched, now: float) -> StopCategory:
        kind = self._table[fault.finding.code]
        lasting = (
            fault.active_since is not None
            and kind.sits_after is not None
            and now - fault.active_since >= kind.sits_after
        )
        return StopCategory.CONTROLLED_SIT if lasting else kind.category

    def _report(self, fault: _Latched) -> FaultReport:
        kind, finding = self._table[fault.finding.code], fault.finding
        return FaultReport(
            code=finding.code,
            subject=finding.subject,
            stop=kind.category,
            title=kind.title,
            detail=finding.detail or kind.cause,
            remedy=kind.remedy,
            first_seen=fault.first_seen,
            first_seen_wall=fault.first_seen_wall,
            active=fault.active_since is not None,
            count=fault.count,
        )
