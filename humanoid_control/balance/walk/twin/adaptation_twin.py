# SPDX-License-Identifier: Apache-2.0
"""Twin of c/walk_adaptation.c: the footstep and duration that best bring the DCM back to the plan."""
from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from humanoid_control.balance.walk.twin.plan_twin import Plan
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

CHANGES = (0.0, -0.08, -0.04, -0.02, -0.01, 0.01, 0.02, 0.04)
QUINTIC_PEAK = 5.7735


class Situation(NamedTuple):
    """walk_situation."""

    omega: float
    stance: int
    dcm: np.ndarray
    dcm_reference: np.ndarray
    time: float
    duration: float
    planned: float
    single_support: bool
    airborne: bool
    elapsed: float
    height: float
    foot: np.ndarray
    foot_velocity: np.ndarray


class Choice(NamedTuple):
    """walk_choice."""

    duration: float
    step: np.ndarray
    residual: float
    cost: float


def reach(p: WalkConfiguration, stance: int, step: np.ndarray) -> np.ndarray:
    """walk_reach."""
    low = [-p['reach.backward'], p['reach.inward'] if stance else -p['reach.outward']]
    high = [p['reach.forward'], p['reach.outward'] if stance else -p['reach.inward']]
    return np.clip(step, low, high)


def earliest(p: WalkConfiguration, s: Situation) -> float:
    """Smallest duration in which the foot can be down again."""
    drop = math.sqrt(QUINTIC_PEAK * max(s.height, 0.0) / p['reach.drop_acceleration']) if s.airborne else 0.0
    drop = min(drop, p['reach.time_maximum'])
    return s.time + max(drop, p['reach.swing_time'] - (s.elapsed if s.airborne else 0.0))


def within_swing(p: WalkConfiguration, s: Situation, left: float, step: np.ndarray) -> np.ndarray:
    """The step, or as near to it as the foot can get."""
    centre = s.foot + left / 2 * s.foot_velocity
    radius = p['reach.swing_acceleration'] * left ** 2 / QUINTIC_PEAK
    length = math.hypot(*(step - centre))
    return step if length <= radius else centre + (step - centre) * radius / length


def evaluate(p: WalkConfiguration, s: Situation, plan: Plan, duration: float) -> Choice:
    """Best footstep for one duration."""
    left = max(duration - s.time, 0.0)
    goal = math.exp(-s.omega * left) * plan.end if s.single_support else s.dcm_reference
    error = s.dcm - goal
    growth = math.exp(s.omega * left)
    cop = p['adaptation.cop_share'] * np.array([p['dcm.cop_half_length'], p['dcm.cop_half_width']])
    error = np.copysign(np.maximum(np.abs(error) * math.exp(-p['dcm.gain'] * left),
                                   np.abs(error) * growth - cop * (growth - 1)), error)
    nominal = np.array(plan.step[:2])
    weight = p['adaptation.weight_error']
    step = reach(p, s.stance, nominal + weight * error / (weight * plan.share + p['adaptation.weight_step']))
    if s.airborne:
        step = within_swing(p, s, left, step)
    remaining = error + plan.end - plan.share * step - plan.offset
    outward = remaining[1] if s.stance else -remaining[1]
    spare = p['adaptation.spare_along']
    lost = math.hypot(remaining[0] - min(max(remaining[0], -spare), spare),
                      outward - min(max(outward, -p['adaptation.spare_inward']), p['adaptation.spare_outward']))
    cost = (p['adaptation.weight_step'] * np.sum((step - nominal) ** 2) + weight * np.sum(remaining ** 2)
            + p['adaptation.weight_lost'] * lost ** 2 + p['adaptation.weight_time'] * (duration - s.planned) ** 2
            + p['adaptation.weight_change'] * (duration - s.duration) ** 2)
    return Choice(duration, step, lost, float(cost))


def adapt(p: WalkConfiguration, s: Situation, plan: Plan) -> Choice:
    """walk_adapt."""
    if not s.single_support or s.duration - s.time < p['adaptation.settle_time']:
        return evaluate(p, s, plan, s.duration)
    more, first = s.planned - p['gait.step_time'], earliest(p, s)
    low, high = max(p['reach.time_minimum'] + more, first), max(p['reach.time_maximum'] + more, first)
    durations = [*(s.duration + change for change in CHANGES), s.planned]
    choices = [evaluate(p, s, plan, min(max(duration, low), high)) for duration in durations]
    return min(choices, key=lambda choice: choice.cost)
