# SPDX-License-Identifier: Apache-2.0
"""One cycle of the nut station as a behaviour tree: look, seat a nut on each side, look again."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import py_trees

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Steps
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.nut_task import NutTask
from humanoid_control.work.retry import RetryWhile
from humanoid_control.work.skill_behaviour import SkillBehaviour
from humanoid_control.work.walk_task import WalkRecord
from humanoid_control.work.workplace import STATION_SIDE, Workplace

# failures that another look and another nut may mend
RETRIED = {FailureCode.GRASP_MISSED, FailureCode.NUT_DROPPED, FailureCode.PIN_NOT_SEEN, FailureCode.PIN_NOT_FOUND,
           FailureCode.NOT_SEATED}


@dataclass
class SideResult:
    """What the robot believes of one side: seated or not, retries, and the last failure."""

    seated: bool = False
    retries: int = 0
    failure: WorkFailure | None = None


@dataclass
class CycleResult:
    """What the robot believes of one cycle: by station side, its simulated or real time [s] and its walks."""

    sides: dict[str, SideResult]
    start: float
    end: float = 0.0
    events: list[str] = field(default_factory=list)
    walks: list[WalkRecord] = field(default_factory=list)

    @property
    def duration(self) -> float:
        """Time from begin to end [s]."""
        return self.end - self.start


class NutCycle:
    """Runs cycles of the nut station, one control period a `tick`.

    Attributes:
        stage: what is being done, for the person who watches.
        result: of the cycle under way or just ended.
        stranded: why the robot can't get to where the work goes on, or None.
        returning: whether the cycle's work is done and the robot on its way back.
    """

    def __init__(self, workplace: Workplace, parameters: NutParameters):
        self.workplace = workplace
        self.parameters = parameters
        self.tasks = {side: NutTask(workplace, side, parameters) for side in workplace.hands}
        self.result: CycleResult | None = None
        self.stranded: WorkFailure | None = None
        self.returning = False
        self._failures: dict[str, WorkFailure | None] = {}
        self._look_failure: WorkFailure | None = None
        self._root = self._tree()

    def begin(self) -> None:
        """Start a cycle."""
        for task in self.tasks.values():
            task.begin()
        self._failures = {side: None for side in self.tasks}
        self._look_failure = None
        self.result = CycleResult({name: SideResult() for name in STATION_SIDE.values()}, self.workplace.time)
        self._root.stop(py_trees.common.Status.INVALID)

    def tick(self) -> bool:
        """Do one control period; True when the cycle has ended and `result` is complete."""
        self._root.tick_once()
        if self._root.status == py_trees.common.Status.RUNNING:
            return False
        self._conclude()
        return True

    def interrupt(self, failure: WorkFailure) -> None:
        """End the cycle at once for a reason that concerns the whole robot."""
        self._root.stop(py_trees.common.Status.INVALID)
        for side, task in self.tasks.items():
            if not task.seated:
                self._failures[side] = failure
        self._conclude()

    @property
    def stage(self) -> str:
        """Names of the behaviours that are running."""
        running = [b.name for b in self._root.iterate()
                   if isinstance(b, SkillBehaviour) and b.status == py_trees.common.Status.RUNNING]
        return ', '.join(running) or '-'

    def _tree(self) -> py_trees.behaviour.Behaviour:
        root = py_trees.composites.Sequence('cycle', memory=True)
        root.add_children([
            SkillBehaviour('look', self._look, self._looked_in_vain),
            self._both('both sides', self._side_tree),
            SkillBehaviour('check seats', self._check_seats, self._looked_in_vain),
        ])
        return root

    def _both(self, name: str, tree: Callable[[str], py_trees.behaviour.Behaviour]) -> py_trees.behaviour.Behaviour:
        """The trees of both sides at the same time; one that fails doesn't hold up the other."""
        both = py_trees.composites.Parallel(name, py_trees.common.ParallelPolicy.SuccessOnAll(synchronise=True))
        for side in self.tasks:
            both.add_child(py_trees.decorators.FailureIsSuccess(f'{STATION_SIDE[side]} or given up', tree(side)))
        return both

    def _side_tree(self, side: str) -> py_trees.behaviour.Behaviour:
        task = self.tasks[side]
        attempt = [self._leaf(side, 'choose', lambda: self._choose(task)), self._leaf(side, 'pick', task.pick),
                   self._leaf(side, 'place', lambda: self._place(side)), self._leaf(side, 'release', task.release)]
        whole = py_trees.composites.Sequence(f'{STATION_SIDE[side]}: nut on pin', memory=True)
        whole.add_children([self._retried(side, attempt), self._leaf(side, 'retract', task.retract)])
        return whole

    def _leaf(self, side: str, stage: str, skill: Callable[[], Steps]) -> SkillBehaviour:
        """A skill of one side whose failures are that side's."""
        return SkillBehaviour(f'{STATION_SIDE[side]}: {stage}', skill, lambda failure: self._failed(side, failure))

    def _retried(self, side: str, skills: list[SkillBehaviour]) -> py_trees.behaviour.Behaviour:
        """Skills in a row; after a failure that another nut may mend, the hand is emptied, another look taken and all done again."""
        task, name = self.tasks[side], STATION_SIDE[side]
        attempt = py_trees.composites.Sequence(f'{name}: attempt', memory=True)
        attempt.add_children(skills)
        recover = py_trees.composites.Sequence(f'{name}: recover', memory=True)
        recover.add_children([self._leaf(side, 'recover', task.recover), self._leaf(side, 'retract', task.retract),
                              self._leaf(side, 'look again', lambda: self._look_again(task))])
        attempt_or_recover = py_trees.composites.Selector(f'{name}: attempt or recover', memory=True)
        attempt_or_recover.add_children([attempt, py_trees.decorators.Inverter(f'{name}: then again', recover)])
        return RetryWhile(f'{name}: retry', attempt_or_recover, self.parameters.grasp.tries,
                          lambda: self._failures[side] is not None and self._failures[side].code in RETRIED)

    def _look(self) -> Steps:
        """Both hands out of view, eyes on the station, and wait for fresh images."""
        workplace, p = self.workplace, self.parameters.look
        workplace.torso_pitch = p.torso_pitch
        workplace.gaze = self._gaze_point()
        yield from together(*(task.retract() for task in self.tasks.values()))
        yield from self._images('the station')
        since = self._images_since
        if workplace.station_pose is None or workplace.station_stamp < since:
            raise WorkFailure(FailureCode.STATION_NOT_SEEN, 'the tag board of the station was not seen')
        workplace.gaze = self._gaze_point()
        for task in self.tasks.values():
            task.looked_at = since

    def _choose(self, task: NutTask) -> Steps:
        task.take_stock(task.looked_at)
        yield from task.choose()

    def _place(self, side: str) -> Steps:
        yield from self.tasks[side].place()
        for failure in self.tasks[side].setbacks:
            self._note(side, failure)

    def _look_again(self, task: NutTask) -> Steps:
        yield from self._images('the station again')
        task.looked_at = self._images_since

    def _check_seats(self) -> Steps:
        """Compare what the hands felt with what the camera sees."""
        yield from self._images('the seated nuts')
        station, p = self.workplace.station, self.parameters.seat_check
        for side, task in self.tasks.items():
            if not task.seated:
                continue
            name = STATION_SIDE[side]
            nut = self.workplace.memory.find('seated_nut', f'{name}_pin', self._images_since)
            if nut is None:
                continue
            height = nut.position[2] - task.pin.position[2] - station.nut.height / 2
            if abs(height) > p.height_tolerance:
                task.seated = False
                self._failed(side, WorkFailure(FailureCode.NOT_SEATED, f'the camera sees the nut {height * 1e3:.1f} mm off its seat'))

    def _images(self, of: str) -> Steps:
        """Wait for the images of a look; raises SENSOR_LOST when they do not come."""
        workplace, p = self.workplace, self.parameters.look
        self._images_since = workplace.time
        while workplace.memory.frame_count(self._images_since) < p.frames:
            if workplace.time - self._images_since > p.timeout:
                seen = workplace.memory.frame_count(self._images_since)
                raise WorkFailure(FailureCode.SENSOR_LOST, f'{seen} of {p.frames} images of {of} came within {p.timeout:.0f} s')
            yield

    def _gaze_point(self) -> np.ndarray:
        """Middle of pins and trays: as seen when the board was seen, else where the drawing has it."""
        station = self.workplace.station
        places = station.fixture.pins.values() if station.fixture is not None else [t.centre for t in station.trays.values()]
        return self.workplace.station_guess.act(np.array([np.mean([x for x, _ in places]) + 0.04, 0.0, 0.0]))

    def _failed(self, side: str, failure: WorkFailure) -> None:
        self._failures[side] = failure
        self._note(side, failure)

    def _note(self, side: str, failure: WorkFailure) -> None:
        self.result.events.append(f'{self.workplace.time:.1f} s {STATION_SIDE[side]}: {failure.code.value}: {failure}')

    def _looked_in_vain(self, failure: WorkFailure) -> None:
        for side in self.tasks:
            if not self.tasks[side].seated:
                self._failed(side, failure)

    def _conclude(self) -> None:
        self.result.end = self.workplace.time
        for side, task in self.tasks.items():
            result = self.result.sides[STATION_SIDE[side]]
            result.seated = task.seated
            result.retries = task.retries
            result.failure = None if task.seated else self._failures[side]


def together(*skills: Steps) -> Steps:
    """Run skills side by side until the last has ended."""
    running = list(skills)
    while running:
        running = [skill for skill in running if _goes_on(skill)]
        if running:
            yield


def _goes_on(skill: Steps) -> bool:
    try:
        next(skill)
    except StopIteration:
        return False
    return True
