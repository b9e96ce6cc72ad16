# SPDX-License-Identifier: Apache-2.0
"""Footsteps are made once each, however late the command comes that goes on with them."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.balance.walk import FootstepNumbers


class Gait:
    """Makes commanded footsteps, by their numbers."""

    def __init__(self):
        self.made, self.ahead = [], []
        self._numbers = FootstepNumbers()

    def step(self, count: int) -> None:
        self.made += self.ahead[:count]
        self.ahead = self.ahead[count:]

    def command(self, numbers: list[int]) -> None:
        self.ahead = numbers[self._numbers.take(numbers, len(self.ahead)):]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(1, 6)), max_size=12))
def test_a_walk_that_goes_on_makes_every_footstep_once_and_in_order(rounds: list[tuple[int, int, int]]) -> None:
    gait, end = Gait(), 14
    gait.command(list(range(10, end)))
    for before, meanwhile, more in rounds:
        gait.step(before)
        end += more
        command = [*gait.ahead, *range(end - more, end)]    # written now, with what is known now
        gait.step(meanwhile)
        gait.command(command)
    gait.step(end)
    assert gait.made == list(range(10, end))


def test_another_walk_begins_with_its_first_footstep_whatever_was_made() -> None:
    gait = Gait()
    gait.command([10, 11, 12, 13])
    gait.step(2)
    gait.command([])
    gait.command([14, 15, 16])
    assert gait.ahead == [14, 15, 16]


def test_footsteps_that_were_dropped_are_not_taken_for_made() -> None:
    gait = Gait()
    gait.command([10, 11, 12, 13])
    gait.step(1)
    gait.command([])
    gait.command([11, 12])
    assert gait.ahead == [11, 12]


def test_footsteps_without_numbers_are_always_new() -> None:
    gait = Gait()
    gait.command([0, 0, 0])
    gait.step(2)
    gait.command([0, 0])
    assert gait.ahead == [0, 0]
