# SPDX-License-Identifier: Apache-2.0
"""Robot, controllers, work and safety supervisor in one process and in simulated time, with faults on demand."""
from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from bench.supervision import new_supervisor, sample_of
from humanoid_control.balance import Mode
from humanoid_control.balance.balance_judgement import BalanceJudgement
from humanoid_control.balance.errors import RefusedReferenceError
from humanoid_control.middleware.level import Level
from humanoid_control.model.command_order import CommandOrder
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.button.button_report import ButtonReport
from humanoid_control.safety.node_reports import NodeReports
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.stop_listener import StopListener
from humanoid_control.simulation.simulated_robot import CommandError
from humanoid_control.simulation.world_judgement import WorldJudgement
from humanoid_control.work.part_memory import PartSighting
from humanoid_control.work.rehearsal import PERIOD, Rehearsal
from humanoid_control.work.report import ShiftReport

TICK = 0.002                  # [s]
SUPERVISOR_EVERY = 25         # ticks: 20 Hz
LISTEN_EVERY = 5              # ticks between looks at the heartbeat
REPORT_EVERY = 500            # ticks between diagnostics: 1 Hz
WALKING = (-0.2, 0.0, 0.0)    # [m/s, m/s, rad/s] away from the bench
BEGIN = {'standing': 1.0, 'walking': 2.5, 'working': 4.0}     # [s] until the fault comes
LOST_AFTER = 5                # states in a row without an answer: nobody commands the joints
FIGURES = re.compile(r'[-+]?\d+(\.\d+)?')
WALL = 1000.0                 # [s] the steady clock is ahead of the simulated time

Sense = Callable[[np.ndarray, np.ndarray], None]
Command = tuple[int, np.ndarray, np.ndarray, np.ndarray]


class FaultRig(Rehearsal):
    """A rehearsal under the product's supervisor; faults put themselves into the attributes below.

    Attributes:
        doing: `standing`, `walking` or `working`.
        alive: nodes that run: balance, kinematics, supervisor, camera.
        senses: change copies of low_state's position and velocity before anybody sees them.
        carry: what the drives get of a command [stamp, position, velocity, effort]: nothing, itself, others.
        restamp: stamp [ns] that balance sees, None for a state that is lost.
        spoil_reference: changes the positions of whole_body/reference.
        silent: topics that do not reach the supervisor any more.
        commanders: nodes that publish joint_commands.
        clock_offset: how far the robot's time has jumped [s]; not None means real time.
        errors: messages that further nodes report as errors, by status name.
        temperature, voltage: as the joint driver reports them.
        button: what the stop button says in every round; None: there is none, or its node has ended.
        refused: why messages were refused, newest last.
        missed: states whose command did not come in time.
        warned: what balance and simulator warned of on `diagnostics`, newest words by what it is about. Errors of balance
            are told by themselves.
        reported_effort: torques [N m] that drives report instead of the true ones, by joint.
        sees_parts: false for black pictures. hides: kinds of parts that are not seen.
        gripper_fails: the left gripper opens by itself.
    """

    def __init__(self, doing: str, seed: int = 1, **options: float):
        self.doing = doing
        self.alive = {'balance', 'kinematics', 'supervisor', 'camera'}
        self.senses: list[Sense] = []
        self.carry: Callable[[Command], list[Command]] = lambda command: [command]
        self.restamp: Callable[[int], int | None] = lambda stamp: stamp
        self.spoil_reference: Callable[[np.ndarray], None] | None = None
        self.silent: set[str] = set()
        self.commanders: tuple[str, ...] = ('/balance',)
        self.clock_offset: float | None = None
        self.errors: dict[str, str] = {}
        self.temperature: dict[str, float] = {}
        self.voltage: dict[str, float] = {}
        self.button: str | None = 'released'
        self._heard: ButtonReport | None = None
        self.refused: list[str] = []
        self._reasons: list[str] = []
        self.missed = 0
        self.warned: dict[str, str] = {}
        self._order = CommandOrder()
        self.reported_effort: dict[str, float] = {}
        self.sees_parts = True
        self.hides: tuple[str, ...] = ()
        self.gripper_fails = False
        self._reference: dict[str, float] = {}
        self._sent = np.zeros(0)
        self._ticks = self._misses_in_a_row = 0
        self._answered = -1
        self._stamps: dict[str, float] = {}
        self._seen: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self._listener = StopListener(required=False)
        self._reports = NodeReports(('balance', 'simulator', 'joint_driver'))
        self.supervisor = new_supervisor()
        self._stale = round(0.02 * 1e9)
        super().__init__(seed, options=options)
        self._balance_judgement = BalanceJudgement(self.balance)
        self._world_judgement = WorldJudgement(self._order)

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self.world.time

    @property
    def wall(self) -> float:
        """Steady clock [s]."""
        return self.world.time + WALL

    def get_going(self) -> None:
        """Let it do what it does, up to the moment of the fault."""
        self.go_on(BEGIN[self.doing] / 2)
        if self.doing == 'walking':
            self.balance.walking.walk(WALKING)
        self.go_on(BEGIN[self.doing] / 2)

    def go_on(self, seconds: float, each: Callable[[], bool] = lambda: True) -> None:
        """Let time pass while `each`, called after every tick, says so."""
        for _ in range(round(seconds / PERIOD)):
            for _ in range(round(PERIOD / TICK)):
                self._tick()
                if not each():
                    return
            self._control()

    def begin_again(self) -> None:
        """Begin the cycle of the work anew."""
        self.cycle.begin()

    def save_report(self, path: str) -> None:
        """Save the report as the nut station does."""
        try:
            ShiftReport(seed=1, robot='sim', versions={}).write_json(path)
        except OSError as error:
            self.refused.append(f'report {path}: {error.strerror}')

    def is_free(self) -> bool:
        """Whether nothing has stopped the robot."""
        return self.stop.category is StopCategory.NONE

    def diagnosis(self) -> str:
        """What the robot says is wrong, first the supervisor's word."""
        said = [f'{fault.code} {fault.subject}: {fault.detail}' for fault in self.supervisor.state.faults]
        if self.result_events():
            said += self.result_events()
        said += self._reasons
        said += self.refused[-1:]
        if not self.is_free() and 'supervisor' not in self.alive:
            said.append(self._listener.reason(self.wall))
        self._report()
        said += self.warned.values()
        return '; '.join(said)

    def result_events(self) -> list[str]:
        """What the work noted of things that went wrong."""
        return list(self.cycle.result.events) if self.cycle.result is not None else []

    def _tick(self) -> None:
        position, velocity, effort = (values.copy() for values in self.world.low_state())
        for sense in self.senses:
            sense(position, velocity)
        self._seen = (position, velocity, effort)
        stamp = self.restamp(self.world.time_ns) if 'balance' in self.alive else None
        commands: list[Command] = []
        if stamp is not None:
            self.balance.tick(stamp, position, velocity)
            b = self.balance
            if stamp != self._answered:
                self._stamps['odom'] = self.time
                commands = self.carry((self.world.time_ns, b.position.copy(), b.velocity.copy(), b.effort.copy()))
            self._answered = stamp
            reason = f'balance: {b.reason}'
            if b.mode != Mode.STANDING and reason not in self._reasons:
                self._reasons.append(reason)
        self._count([self._accept(command) for command in commands])
        self.world.step()
        self._ticks += 1
        self._watch_over()

    def _accept(self, command: Command) -> bool:
        """As the simulator does when it runs freely: whether a command was obeyed."""
        stamp, *values = command
        if not self._order.admits(stamp) or self.world.time_ns - stamp > self._stale:
            return False
        try:
            self.world.apply(*values)
        except CommandError as error:
            self.refused.append(f'joint_commands refused: {error}')
            return False
        return True

    def _count(self, answers: list[bool]) -> None:
        answered = any(answers)
        self._misses_in_a_row = 0 if answered else self._misses_in_a_row + 1
        self.missed += not answered

    def _watch_over(self) -> None:
        if self._ticks % REPORT_EVERY == 0:
            self._report()
        if self._ticks % SUPERVISOR_EVERY == 0 and 'supervisor' in self.alive:
            self.supervisor.update(self._observe())
            self._listener.heard(int(self.supervisor.state.stop), self.wall)
        if self._ticks % LISTEN_EVERY == 0 and hasattr(self, 'stop'):
            self.obey(self._listener.category(self.wall), self._listener.reason(self.wall), self.supervisor.state.faults)

    def _report(self) -> None:
        statuses = {'simulator: world': self._world_judgement.judge(self.missed, self._misses_in_a_row >= LOST_AFTER)}
        if 'balance' in self.alive:
            statuses['balance: controller'] = self._balance_judgement.judge()
        for name, (level, message) in (statuses | {name: (Level.ERROR, text) for name, text in self.errors.items()}).items():
            self._reports.take(name, level, message, (), self.wall)
            node = name.partition(':')[0]
            if level is Level.WARN or (level is Level.ERROR and node == 'simulator'):
                for text in message.removeprefix('standing; ').split('; '):
                    self.warned[FIGURES.sub('', text)] = f'{node}: {text}'

    def _observe(self) -> Observation:
        stamps = dict.fromkeys(('joint_states', 'imu/data', *(f'{side}_sole/wrench' for side in SIDES)), self.time)
        self._stamps |= {topic: stamp for topic, stamp in stamps.items() if topic not in self.silent}
        sample = sample_of(self.world.layout, self._seen, self.balance.report)
        sample.effort |= self.reported_effort
        sample.reference, sample.stamp = dict(self._reference), dict(self._stamps)
        if self.button is not None:
            self._heard = ButtonReport.parse(self.button, self.wall)
        jump = self.clock_offset or 0.0
        if self.clock_offset is not None:
            sample.stamp = {topic: stamp + jump for topic, stamp in sample.stamp.items()}
        return Observation(
            sample=sample, now=self.time + jump, wall=self.wall, simulated=self.clock_offset is None,
            clock_arrival=self.wall, commanders=self.commanders, node_errors=self._reports.errors(self.wall),
            temperature=self.temperature, voltage=self.voltage, button=self._heard)

    def _control(self) -> bool:
        if self.doing == 'working':
            return super()._control()
        self._move()
        return False

    def _move(self) -> None:
        if 'kinematics' not in self.alive:
            return
        if self.gripper_fails:
            self.workplace.hands['l'].target_opening = 0.019
        try:
            super()._move()
        except RefusedReferenceError as error:
            self.refused.append(f'balance: {error}')
        self._stamps['whole_body/reference'] = self.time
        self._reference = dict(zip(self.body.robot.joint_names, self._sent[:len(self.body.robot.joint_names)]))

    def _give_reference(self, position: np.ndarray, velocity: np.ndarray) -> None:
        if self.spoil_reference is not None:
            self.spoil_reference(position)
        self._sent = position
        super()._give_reference(position, velocity)

    def _joints(self) -> tuple[tuple[str, ...], np.ndarray]:
        layout = self.world.layout
        return layout.joint_names, self._seen[0][layout.joints].copy()

    def _look(self, base) -> None:
        if 'camera' not in self.alive:
            return
        if self.sees_parts:
            super()._look(base)
        else:
            self.workplace.memory.add_frame(self.time, [])

    def _see_parts(self, to_odom) -> list[PartSighting]:
        return [sighting for sighting in super()._see_parts(to_odom) if sighting.part not in self.hides]
