# SPDX-License-Identifier: Apache-2.0
"""Twin of c/walk_machine.c and c/walk_step.c: standing and stepping."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from humanoid_control.balance.walk.gait_input import Footstep, GaitInput, GaitOutput, GaitPhase
from humanoid_control.balance.walk.twin import adaptation_twin, plan_twin, swing_twin
from humanoid_control.balance.walk.twin.plan_twin import Pose, compose, relative, wrap
from humanoid_control.balance.walk.twin.support_twin import corners, hull, nearest
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

GRAVITY = 9.81
NO_LIMIT = 10.0
STEADY = 0.02


def middle(a: Pose, b: Pose) -> Pose:
    """Halfway between two poses."""
    return Pose((a.x + b.x) / 2, (a.y + b.y) / 2, wrap(a.yaw + wrap(b.yaw - a.yaw) / 2))


class GaitTwin:
    """As humanoid_control.balance.walk.Gait, without its checks of the input."""

    def __init__(self, configuration: WalkConfiguration | None = None):
        """Set up with the given settings, by default those of config/walking.yaml."""
        self.p = configuration or WalkConfiguration.load()

    def stand(self, measured: GaitInput) -> None:
        """Stand with the soles where they are."""
        self.velocity, self.trim = np.zeros(3), np.zeros(3)
        self.stance, self.target, self.steps = 0, Pose(0.0, 0.0, 0.0), 0
        self.time = self.duration = self.double_support = self.lift_time = self.since_adaptation = 0.0
        self.swing = np.zeros((3, 4))
        self.error, self.cop_start = np.zeros(2), np.zeros(2)
        self.strides = [(Pose(0.0, 0.0, 0.0), np.zeros(3))] * 2
        self.stride_times = [0.0, 0.0]
        self._rest(measured)
        self.heading = middle(*self.soles).yaw

    def follow(self, footsteps: Sequence[Footstep]) -> None:
        """Walk over these footsteps in order."""
        self.footsteps = list(footsteps)
        self.aims = False

    def tick(self, measured: GaitInput) -> GaitOutput:
        """One control tick."""
        self.m = measured
        self.omega = math.sqrt(GRAVITY / measured.com_height)
        self.dcm = np.array(measured.com) + np.array(measured.com_velocity) / self.omega
        self.load_limit, self.touchdown = [NO_LIMIT, NO_LIMIT], -1
        self._follow_command()
        if self.phase is GaitPhase.STANDING:
            self._stand()
        if self.phase is GaitPhase.STEPPING:
            self._step()
        step = self.target
        return GaitOutput(
            phase=self.phase, swing_foot=1 - self.stance if self.phase is GaitPhase.STEPPING and self.airborne else -1,
            touchdown=self.touchdown, dcm=tuple(self.dcm), dcm_reference=tuple(self.dcm_reference), cop=tuple(self.cop),
            com_acceleration=tuple(self.omega ** 2 * (np.array(measured.com) - self.cop)), margin=self.margin,
            residual=self.residual, heading=self.heading, load_limit=tuple(self.load_limit),
            swing=tuple(map(tuple, self.swing)), footstep=Footstep(1 - self.stance, *step))

    def _latch(self) -> None:
        self.soles = [Pose(x, y, wrap(yaw)) for x, y, _, yaw in self.m.soles]

    def _rest(self, measured: GaitInput) -> None:
        self.m = measured
        self._latch()
        self.phase = GaitPhase.STANDING
        self.floor = (measured.soles[0][2] + measured.soles[1][2]) / 2
        self.footsteps: list[Footstep] = []
        self.airborne = self.chosen = self.emergency = self.aims = False
        self.residual = 0.0
        self.trim = np.zeros(3)

    def _follow_command(self) -> None:
        p, m = self.p, self.m
        most = np.array([p['command.forward'], p['command.sideways'], p['command.turn']])
        least = -np.array([p['command.backward'], p['command.sideways'], p['command.turn']])
        rate = np.array([p['command.acceleration'], p['command.acceleration'], p['command.turn_acceleration']]) * m.dt
        wanted = np.clip(m.velocity, least, most) if m.walk and not self.footsteps else np.zeros(3)
        self.velocity = self.velocity + np.clip(wanted - self.velocity, -rate, rate)

    def _reach_of_soles(self, feet: Sequence[int], share: float) -> np.ndarray:
        length, width = share * self.p['dcm.cop_half_length'], share * self.p['dcm.cop_half_width']
        return hull(np.vstack([corners(self.soles[k], length, width) for k in feet]))

    def _steer(self, cop_reference: np.ndarray, feet: Sequence[int]) -> None:
        polygon = self._reach_of_soles(feet, 1.0)
        wanted = cop_reference + (1 + self.p['dcm.gain'] / self.omega) * (self.dcm - self.dcm_reference)
        self.cop, _ = nearest(polygon, wanted)
        _, self.margin = nearest(polygon, self.dcm)

    def _turn_towards(self, yaw: float) -> None:
        most = self.p['swing.turn_rate'] * self.m.dt
        self.heading = wrap(self.heading + min(max(wrap(yaw - self.heading), -most), most))

    def _stand(self) -> None:
        centre = middle(*self.soles)
        self.dcm_reference = np.array(centre[:2])
        self._steer(self.dcm_reference, (0, 1))
        self._turn_towards(centre.yaw)
        if -self.margin > self.p['recovery.trigger']:
            self._start(pushed=True)
        elif self.m.walk or self.footsteps:
            self._start(pushed=False)

    def _first_foot(self, centre: Pose, pushed: bool) -> int:
        p = self.p
        if not pushed and self.footsteps:
            return self.footsteps[0].foot
        aside = relative(centre, Pose(*self.dcm, 0.0)).y
        outer = 0 if aside >= 0 else 1
        if not pushed:
            return outer
        side = -1 if outer else 1
        growth = math.exp(self.omega * p['recovery.horizon'])
        far = side * aside
        own, other = (side * relative(centre, self.soles[k]).y for k in (outer, 1 - outer))
        edge = own + p['dcm.cop_half_width']
        direct = (far - other) * growth
        drifted = edge + (far - edge) * growth if far > edge else far
        detour = (drifted - (own - p['reach.inward'])) * growth
        return 1 - outer if direct > p['recovery.outward_share'] * p['reach.outward'] and detour < direct else outer

    def _start(self, pushed: bool) -> None:
        p = self.p
        self._latch()
        centre = middle(*self.soles)
        self.phase = GaitPhase.STEPPING
        self.stance = 1 - self._first_foot(centre, pushed)
        self.floor = self.m.soles[self.stance][2]
        self.double_support = p['gait.emergency_double_support'] if pushed else p['gait.start_double_support']
        self.duration = self.planned = p['gait.step_time'] + (0.0 if pushed else p['gait.start_double_support'])
        self.time, self.cop_start, self.emergency, self.begins = 0.0, np.array(centre[:2]), pushed, not pushed
        self.steps, self.chosen, self.airborne, self.since_adaptation = 0, False, False, 0.0

    def _step(self) -> None:
        self.time += self.m.dt
        self.stride_times = [t + self.m.dt for t in self.stride_times]
        velocity = self.velocity + self.trim
        plan = plan_twin.make_plan(self.p, self.omega, self.stance, self._foresee(velocity), velocity)
        stance = self.soles[self.stance]
        dcm = np.array(relative(stance, Pose(*self.dcm, 0.0))[:2])
        if self.begins:
            start = plan_twin.reference_start(self.omega, plan.end, dcm, self.duration, self.double_support)
            self.cop_start, _ = nearest(self._reach_of_soles((0, 1), 1.0), np.array(compose(stance, Pose(*start, 0.0))[:2]))
            self.begins = False
        start = np.array(relative(stance, Pose(*self.cop_start, 0.0))[:2])
        cop, reference = plan_twin.reference(self.omega, plan.end, start, self.time, self.duration, self.double_support)
        self.error = dcm - reference
        self.dcm_reference = np.array(compose(stance, Pose(*reference, 0.0))[:2])
        feet = (0, 1) if self.time < self.double_support else (self.stance,)
        self._steer(np.array(compose(stance, Pose(*cop, 0.0))[:2]), feet)
        self._adapt(plan, dcm, reference)
        self._move_feet()

    def _foresee(self, velocity: np.ndarray) -> list[Pose]:
        p, steps, seen, foot, ahead = self.p, [], Pose(0.0, 0.0, 0.0), self.stance, list(self.footsteps)
        for i in range(plan_twin.PREVIEW):
            last, foot = foot, 1 - foot
            if ahead and ahead[0].foot == foot:
                seen = relative(self.soles[self.stance], Pose(ahead[0].x, ahead[0].y, ahead[0].yaw))
                ahead.pop(0)
                self.aims |= i == 0
            else:
                duration = p['gait.step_time'] if i else self.duration
                seen = compose(seen, plan_twin.step_of_velocity(p, velocity, duration, last))
            if i == 0:
                turn = min(max(seen.yaw, -p['reach.turn']), p['reach.turn'])
                seen = Pose(*adaptation_twin.reach(p, self.stance, np.array(seen[:2])), turn)
            steps.append(seen)
        return steps

    def _adapt(self, plan: plan_twin.Plan, dcm: np.ndarray, reference: np.ndarray) -> None:
        p = self.p
        self.since_adaptation += self.m.dt
        late = self.airborne and self.duration - self.time < p['adaptation.freeze_time']
        if self.chosen and (self.since_adaptation < p['adaptation.period'] or late):
            return
        stance = self.soles[self.stance]
        turned = Pose(0.0, 0.0, stance.yaw)
        situation = adaptation_twin.Situation(
            self.omega, self.stance, dcm, reference, self.time, self.duration, self.planned,
            self.time >= self.double_support, self.airborne, self.time - self.lift_time, self.swing[0, 2] - self.floor,
            np.array(relative(stance, Pose(*self.swing[0, :2], 0.0))[:2]),
            np.array(relative(turned, Pose(*self.swing[1, :2], 0.0))[:2]))
        choice = adaptation_twin.adapt(p, situation, plan)
        self.duration, self.residual = choice.duration, choice.residual
        self.target = compose(stance, Pose(*choice.step, plan.step.yaw))
        self.since_adaptation, self.chosen = 0.0, True

    def _move_feet(self) -> None:
        p, foot = self.p, 1 - self.stance
        if self.time < self.double_support:
            if not self.emergency:
                self.load_limit[foot] = max(p['unload.excess'] * (1 - self.time / self.double_support), p['unload.rest'])
            return
        if not self.airborne:
            self.airborne, self.lift_time = True, self.time
            self.swing = np.zeros((3, 4))
            self.swing[0] = self.m.soles[foot]
        self.swing = swing_twin.advance(p, self.swing, self.target, self.floor, self.time - self.lift_time,
                                        self.duration - self.time, self.m.dt)
        self._turn_towards(middle(self.soles[self.stance], Pose(0.0, 0.0, self.swing[0, 3])).yaw)
        if self._is_down():
            self._touch_down()

    def _is_down(self) -> bool:
        p, foot = self.p, 1 - self.stance
        height, late = self.m.soles[foot][2] - self.floor, self.time - self.duration
        share = p['touchdown.earliest'] * (self.duration - self.lift_time)
        felt = (self.m.forces[foot] > p['touchdown.force'] and self.time - self.lift_time > share
                and height < p['touchdown.height'])
        return (felt or height < -p['touchdown.depth'] or late > p['touchdown.overdue']
                or (late > p['touchdown.grace'] and height < p['touchdown.contact_height']))

    def _touch_down(self) -> None:
        p, foot = self.p, 1 - self.stance
        self._latch()
        self.cop_start = np.array(self.soles[self.stance][:2])
        self.stance, self.floor, self.time, self.duration = foot, self.m.soles[foot][2], 0.0, p['gait.step_time']
        self.planned = self.duration
        error = float(np.abs(self.error).max())
        calm = error < p['gait.hurry_error']
        self.double_support = p['gait.double_support'] if calm else p['gait.hurried_double_support']
        if self.aims:
            self.footsteps.pop(0)
        self.steps += 1
        self._measure_stride(calm)
        self.chosen = self.airborne = self.emergency = self.aims = False
        self.touchdown = foot
        if self._may_stop():
            self._rest(self.m)

    def _measure_stride(self, calm: bool) -> None:
        p, now = self.p, middle(*self.soles)
        start, velocity = self.strides[1]
        time = self.stride_times[1]
        steady = np.abs(self.velocity - velocity).max() < STEADY
        if self.steps > 3 and time > 0 and steady and calm and not self.emergency and not self.footsteps:
            half = wrap(start.yaw + wrap(now.yaw - start.yaw) / 2)
            moved = relative(Pose(start.x, start.y, half), now)
            speed = np.array([moved.x, moved.y, 2 * moved.yaw]) / time
            limit = p['command.trim_limit']
            self.trim = np.clip(self.trim + p['command.trim_gain'] * (self.velocity - speed), -limit, limit)
        self.strides = [(now, self.velocity.copy()), self.strides[0]]
        self.stride_times = [0.0, self.stride_times[0]]

    def _may_stop(self) -> bool:
        p = self.p
        if self.m.walk or self.footsteps or self.steps < p['stop.steps'] or np.abs(self.velocity).max() > p['stop.speed']:
            return False
        apart = relative(*self.soles)
        _, margin = nearest(self._reach_of_soles((0, 1), p['stop.dcm_share']), self.dcm)
        return (abs(apart.x) < p['stop.stagger'] and abs(apart.y) < p['stop.spread'] and abs(apart.yaw) < p['stop.twist']
                and margin >= 0)
