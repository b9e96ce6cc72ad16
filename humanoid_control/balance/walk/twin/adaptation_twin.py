# SPDX-License-Identifier: Apache-2.0
"""Twin of c/walk_adaptation.c: the footstep and duration that best bring the DCM back to the plan."""
from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from humanoid_control.balance.walk.twin.plan_twin import Plan
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

CHANGES = (0.0, -0.08, -0.04, -0.02, -0.01, 0.01, 0.02)
QUINTIC_PEAK = 5.7735


class Situation(NamedTuple):
    """walk_situation."""

    omega: float
    stance: int
    dcm: np.ndarray
    dcm_reference: np.ndarray
    time: float
    duration: float
    single_support: bool
    earliest: float


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


def swing_time_needed(p: WalkConfiguration, distance: float, height: float, elapsed: float) -> float:
    """walk_swing_time_needed."""
    return max(math.sqrt(QUINTIC_PEAK * distance / p['reach.swing_acceleration']),
               math.sqrt(QUINTIC_PEAK * max(height, 0.0) / p['reach.drop_acceleration']),
               p['reach.swing_time'] - elapsed)


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
    weight = p['adaptation.weight_dcm']
    step = reach(p, s.stance, nominal + weight * error / (weight * plan.share + p['adaptation.weight_step']))
    residual = plan.end + error - plan.share * step - plan.offset
    cost = (p['adaptation.weight_step'] * np.sum((step - nominal) ** 2) + weight * np.sum(residual ** 2)
            + p['adaptation.weight_time'] * (duration - p['gait.step_time']) ** 2
            + p['adaptation.weight_change'] * (duration - s.duration) ** 2)
    return Choice(duration, step, float(np.linalg.norm(residual)), float(cost))


def adapt(p: WalkConfiguration, s: Situation, plan: Plan) -> Choice:
    """walk_adapt."""
    if not s.single_support or s.duration - s.time < p['adaptation.settle_time']:
        return evaluate(p, s, plan, s.duration)
    low, high = max(p['reach.time_minimum'], s.earliest), max(p['reach.time_maximum'], s.earliest)
    durations = [*(s.duration + change for change in CHANGES), p['gait.step_time']]
    choices = [evaluate(p, s, plan, min(max(duration, low), high)) for duration in durations]
    return min(choices, key=lambda choice: choice.cost)
