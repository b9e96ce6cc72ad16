# SPDX-License-Identifier: Apache-2.0
"""Who may hold simulated time up, and how fast it runs."""
from __future__ import annotations

from collections.abc import Callable


class Partner:
    """A node that works on what the simulator sends; the simulator does not run away from it.

    Attributes:
        name: what people call it in messages.
        lag: how far simulated time may be ahead of the partner's last stamp [ns].
        timeout: longest wait [s] of wall time.
        silent: it kept the world waiting for too long and is not waited for until it speaks again.
    """

    def __init__(self, name: str, lag_ns: int, timeout: float, on_silence: Callable[[Partner], None]):
        """
        Args:
            timeout: longest wait [s] of wall time.
            on_silence: called when that has passed.
        """
        self.name, self.lag = name, lag_ns
        self.silent = False
        self.timeout = timeout
        self._on_silence = on_silence
        self._present = False
        self._stamp = 0
        self._waiting_since: float | None = None

    def set_present(self, present: bool, now_ns: int) -> None:
        """Note whether the partner exists; a new one is treated as up to date at the simulated time `now_ns`."""
        if present and not self._present:
            self._stamp = now_ns
            self.silent = False
        if not present:
            self._waiting_since = None
        self._present = present

    def heard(self, stamp_ns: int) -> None:
        """Note the stamp [ns] of a message of the partner."""
        self._stamp = max(self._stamp, stamp_ns)
        self.silent = False
        self._waiting_since = None

    def holds_up(self, now_ns: int, wall: float) -> bool:
        """Whether the world has to wait before it goes beyond the simulated time `now_ns`; `wall` is in s."""
        if not self._present or self.silent or now_ns - self._stamp <= self.lag:
            return False
        if self._waiting_since is None:
            self._waiting_since = wall
        if wall - self._waiting_since > self.timeout:
            self.silent = True
            self._waiting_since = None
            self._on_silence(self)
            return False
        return True

    def restart(self, now_ns: int) -> None:
        """Treat the partner as up to date, after a pause or a reset."""
        self._stamp = max(self._stamp, now_ns)
        self._waiting_since = None


class Partners:
    """Partners that speak on one topic; each joins with its first message."""

    def __init__(self, lag_ns: int, timeout: float, on_silence: Callable[[Partner], None]):
        """See Partner."""
        self._terms = lag_ns, timeout, on_silence
        self._partners: dict[str, Partner] = {}

    def heard(self, name: str, stamp_ns: int) -> None:
        """Note the stamp [ns] of a message of the partner of this name."""
        partner = self._partners.setdefault(name, Partner(name, *self._terms))
        partner.set_present(True, stamp_ns)
        partner.heard(stamp_ns)

    def forget(self) -> None:
        """Nobody is there any more."""
        self._partners.clear()

    def hold_up(self, now_ns: int, wall: float) -> bool:
        """Whether the world has to wait for one before it goes beyond the simulated time `now_ns`; `wall` is in s."""
        return any([partner.holds_up(now_ns, wall) for partner in self._partners.values()])

    def restart(self, now_ns: int) -> None:
        """Treat all as up to date, after a pause or a reset."""
        for partner in self._partners.values():
            partner.restart(now_ns)


class Pace:
    """Relation of simulated to wall time.

    Attributes:
        factor: simulated over wall time, averaged over about a second of wall time.
    """

    AVERAGING = 1.0     # [s]

    def __init__(self, limit: float):
        """
        Args:
            limit: upper bound of the factor, 0 for none.
        """
        self._limit = limit
        self.factor = 0.0
        self._anchor: tuple[int, float] | None = None
        self._average: tuple[int, float] | None = None

    def start(self, now_ns: int, wall: float) -> None:
        """Begin to count here, after the start, a pause or a stall."""
        self._anchor = self._average = now_ns, wall

    def wait(self, now_ns: int, wall: float) -> float:
        """How long [s] to wait before the world may be at `now_ns`; time lost is not caught up."""
        if self._average is None or self._anchor is None:
            self.start(now_ns, wall)
        sim, since = self._average
        if wall - since >= self.AVERAGING:
            self.factor = (now_ns - sim) * 1e-9 / (wall - since)
            self._average = now_ns, wall
        if self._limit <= 0:
            return 0.0
        sim, since = self._anchor
        due = since + (now_ns - sim) * 1e-9 / self._limit
        if wall > due + 0.05:
            self._anchor = now_ns, wall
        return max(0.0, due - wall)
