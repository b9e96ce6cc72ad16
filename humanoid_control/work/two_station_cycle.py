# SPDX-License-Identifier: Apache-2.0
"""One cycle over two stations: pick at the feeder, walk, seat at the fixture, walk back."""
from __future__ import annotations

import py_trees

from humanoid_control.model.site_layout import PlacedStation, SiteLayout
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Steps
from humanoid_control.work.nut_cycle import RETRIED, NutCycle, together
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.retry import RetryWhile
from humanoid_control.work.skill_behaviour import SkillBehaviour
from humanoid_control.work.walk_task import WalkRecord, WalkTask
from humanoid_control.work.workplace import STATION_SIDE, Workplace


class TwoStationCycle(NutCycle):
    """Nuts are picked with both hands at the station with the trays and carried to the one with the fixture.

    A cycle begins and ends at the feeder, where the robot is switched on. A side whose nut doesn't get onto its pin is
    served by another trip. A robot that can't get to a station is stranded, which ends the shift.
    """

    def __init__(self, workplace: Workplace, parameters: NutParameters, site: SiteLayout):
        self._site = site
        self._walks = WalkTask(workplace, site.frame, parameters.walk)
        self._at = site.feeder.station.name
        super().__init__(workplace, parameters)

    def begin(self) -> None:
        """Start a cycle."""
        super().begin()
        self.returning = False

    def _tree(self) -> py_trees.behaviour.Behaviour:
        feeder, fixture = self._site.feeder, self._site.fixture
        trip = py_trees.composites.Sequence('trip', memory=True)
        trip.add_children([
            self._way('walk to the feeder', feeder),
            SkillBehaviour('look at the trays', self._look, self._looked_in_vain),
            self._both('pick with both hands', self._pick_tree),
            SkillBehaviour('nuts in hand', self._count_nuts, lambda failure: None),
            self._way('carry to the fixture', fixture),
            SkillBehaviour('look at the pins', self._look_at_pins, self._looked_in_vain),
            self._both('seat with both hands', self._place_tree),
            SkillBehaviour('check seats', self._check_seats, self._looked_in_vain),
            SkillBehaviour('all seated', self._count_seats, lambda failure: None),
        ])
        trips = RetryWhile('trips', trip, self.parameters.walk.trips, self._another_trip_helps)
        root = py_trees.composites.Sequence('cycle', memory=True)
        root.add_children([py_trees.decorators.FailureIsSuccess('trips or given up', trips),
                           SkillBehaviour('walk back', self._walk_back, self._strand)])
        return root

    def _way(self, stage: str, to: PlacedStation) -> SkillBehaviour:
        return SkillBehaviour(stage, lambda: self._walk(to), self._strand)

    def _pick_tree(self, side: str) -> py_trees.behaviour.Behaviour:
        task = self.tasks[side]
        skills = [self._leaf(side, 'choose', lambda: self._choose(task)), self._leaf(side, 'pick', task.pick)]
        return self._unless(f'{STATION_SIDE[side]} has its nut', lambda: task.seated, self._retried(side, skills))

    def _place_tree(self, side: str) -> py_trees.behaviour.Behaviour:
        task, name = self.tasks[side], STATION_SIDE[side]
        seat = py_trees.composites.Sequence(f'{name}: seat', memory=True)
        seat.add_children([self._leaf(side, 'aim', lambda: self._aim(side)), self._leaf(side, 'place', lambda: self._place(side)),
                           self._leaf(side, 'release', task.release)])
        attempt = py_trees.composites.Selector(f'{name}: seat or put down', memory=True)
        attempt.add_children([seat, self._leaf(side, 'put down', task.put_down)])
        whole = py_trees.composites.Sequence(f'{name}: nut on pin', memory=True)
        whole.add_children([attempt, self._leaf(side, 'retract', task.retract)])
        return self._unless(f'{name} hand is empty', lambda: not task.holding, whole)

    @staticmethod
    def _unless(name: str, done, tree: py_trees.behaviour.Behaviour) -> py_trees.behaviour.Behaviour:
        """A tree that only runs when there is something to do."""
        def check() -> Steps:
            if not done():
                raise WorkFailure(FailureCode.NOT_SEATED, name)
            yield from ()

        either = py_trees.composites.Selector(f'{name}, or', memory=True)
        either.add_children([SkillBehaviour(name, check, lambda failure: None), tree])
        return either

    def _choose(self, task) -> Steps:
        task.expect_pin(self._site.fixture.station)
        yield from task.choose()

    def _aim(self, side: str) -> Steps:
        task = self.tasks[side]
        task.aim()
        task.take_stock(task.looked_at)
        yield

    def _look_at_pins(self) -> Steps:
        """Both hands out of view with what they hold, and wait for fresh images."""
        self.workplace.torso_pitch = self.parameters.look.torso_pitch
        self.workplace.gaze = self._gaze_point()
        yield from together(*(task.uncarry() for task in self.tasks.values()))
        yield from self._images('the pins')
        for task in self.tasks.values():
            task.looked_at = self._images_since

    def _walk(self, to: PlacedStation) -> Steps:
        """Hands to the body, walk, and stand before the station as its board says."""
        name = to.station.name
        if self._at == name or self.stranded is not None:
            return
        record = WalkRecord(name, self.workplace.time)
        self.result.walks.append(record)
        self._at = ''
        try:
            yield from together(*(task.carry() for task in self.tasks.values()), self._walks.ready())
            yield from self._walks.go(to, record)
            yield from self._walks.arrive(to, record)
        except WorkFailure as failure:
            record.failure = failure
            raise
        finally:
            record.end = self.workplace.time
        self._at = name

    def _walk_back(self) -> Steps:
        self.returning = True
        yield from self._walk(self._site.feeder)

    def _count_nuts(self) -> Steps:
        """Go on when a hand holds a nut."""
        if not any(task.holding for task in self.tasks.values()):
            raise WorkFailure(FailureCode.GRASP_MISSED, 'no hand holds a nut')
        yield from ()

    def _count_seats(self) -> Steps:
        """Go on when all nuts are seated."""
        if not all(task.seated for task in self.tasks.values()):
            raise WorkFailure(FailureCode.NOT_SEATED, 'a pin has no nut')
        yield from ()

    def _another_trip_helps(self) -> bool:
        open_sides = [side for side, task in self.tasks.items() if not task.seated]
        return self.stranded is None and any(f is not None and f.code in RETRIED for f in map(self._failures.get, open_sides))

    def _strand(self, failure: WorkFailure) -> None:
        self.stranded = failure
        self._looked_in_vain(failure)


def nut_cycle(workplace: Workplace, parameters: NutParameters, site: SiteLayout) -> NutCycle:
    """The cycle of a site: at one station, or over two of them."""
    if site.feeder is site.fixture:
        return NutCycle(workplace, parameters)
    return TwoStationCycle(workplace, parameters, site)
