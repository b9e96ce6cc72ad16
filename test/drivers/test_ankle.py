# SPDX-License-Identifier: Apache-2.0
"""Ankle linkages: rods keep their length, the way back ends where it began, the Jacobian is the slope."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.emulated_bench import PLAN
from humanoid_control.drivers.ankle import Ankle, RodSettings
from humanoid_control.drivers.errors import DriverError

RODS = tuple(crank.rod for crank in PLAN.linkages['l_ankle'].cranks)
ANKLE = Ankle(RODS)
postures = st.tuples(st.floats(-1.1, 0.8), st.floats(-0.5, 0.5))


def rod_length(rod: RodSettings, pitch: float, roll: float, angle: float) -> float:
    """Distance of the crank's tip from the foot's joint, straight from the geometry."""
    pitching = np.array([[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0], [-math.sin(pitch), 0, math.cos(pitch)]])
    rolling = np.array([[1, 0, 0], [0, math.cos(roll), -math.sin(roll)], [0, math.sin(roll), math.cos(roll)]])
    tip = np.array(rod.axis) + rod.crank * np.array([math.cos(angle), 0, math.sin(angle)])
    return float(np.linalg.norm(pitching @ rolling @ np.array(rod.foot) - tip))


@given(postures)
def test_rods_keep_their_length(posture):
    angles, _ = ANKLE.cranks(*posture)
    for rod, angle in zip(RODS, angles):
        assert rod_length(rod, *posture, angle) == pytest.approx(rod.length, abs=1e-12)


@given(postures)
def test_cranks_lead_back_to_the_posture(posture):
    angles, jacobian = ANKLE.cranks(*posture)
    joints, back = ANKLE.joints(angles)
    assert np.allclose(joints, posture, atol=1e-8)
    assert np.allclose(back, jacobian, atol=1e-6)


@given(postures)
def test_the_jacobian_is_the_slope(posture):
    _, jacobian = ANKLE.cranks(*posture)
    step = 1e-6
    for joint in range(2):
        shift = np.eye(2)[joint] * step
        ahead, behind = ANKLE.cranks(*(posture + shift))[0], ANKLE.cranks(*(posture - shift))[0]
        slope = np.remainder(ahead - behind + math.pi, 2 * math.pi) - math.pi
        assert np.allclose(slope / (2 * step), jacobian[:, joint], atol=1e-5)


def test_the_foot_pitches_with_both_cranks_and_rolls_with_their_difference():
    _, jacobian = ANKLE.cranks(0.0, 0.0)
    assert jacobian[0, 0] * jacobian[1, 0] > 0
    assert jacobian[0, 1] * jacobian[1, 1] < 0


def test_postures_and_cranks_out_of_reach_are_refused():
    with pytest.raises(DriverError, match='rods too short'):
        Ankle(tuple(dataclasses.replace(rod, length=0.05) for rod in RODS))
    with pytest.raises(DriverError, match='no posture'):
        ANKLE.joints(ANKLE.zero + np.array([1.5, -1.5]))
    with pytest.raises(DriverError):
        ANKLE.cranks(math.nan, 0.0)


@pytest.mark.parametrize(
    'change, complaint',
    [
        ({'crank': 0.0}, 'crank must be positive'),
        ({'length': -0.2}, 'length must be'),
        ({'branch': 2}, 'branch must be 1 or -1'),
    ],
)
def test_senseless_rods_are_refused(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(RODS[0], **change)
