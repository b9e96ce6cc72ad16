# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.part_tracker import PartTracker
from humanoid_perception.pose_estimate import PoseEstimate

SIZE = (0.024, 0.024, 0.018)


def nut(x: float, y: float, yaw: float = 0.0, kind: str = 'nut', name: str = 'left') -> PartDetection:
    pose = pin.SE3(pin.utils.rotate('z', yaw), np.array([x, y, 0.9]))
    return PartDetection(kind, name, PoseEstimate(pose, np.diag([5e-4] * 3 + [0.02] * 3) ** 2), 0.8, SIZE)


@pytest.fixture
def tracker(detector_configuration) -> PartTracker:
    return PartTracker(detector_configuration.tracker)


def names(parts) -> list[str]:
    return [p.name for p in sorted(parts, key=lambda p: tuple(p.estimate.pose.translation.round(2)))]


def test_names_stay_whatever_the_order(tracker):
    first = names(tracker.update([nut(0, 0), nut(0.05, 0), nut(0, 0.05)], 0.0))
    assert len(set(first)) == 3
    assert names(tracker.update([nut(0, 0.0501), nut(0.0004, 0), nut(0.0498, 0)], 0.4)) == first


def test_a_nut_exchanged_in_its_place_is_seen_as_it_lies_now(tracker):
    for step in range(6):
        tracker.update([nut(0, 0, 0.0)], 0.4 * step)
    (part,) = tracker.update([nut(0.002, 0, 0.4)], 2.8)
    np.testing.assert_allclose(part.estimate.pose.translation[0], 0.002, atol=1e-9)
    np.testing.assert_allclose(pin.log3(part.estimate.pose.rotation)[2], 0.4, atol=1e-9)


def test_nut_that_went_elsewhere_is_another_one(tracker):
    tracker.update([nut(0, 0), nut(0.05, 0)], 0.0)
    after = tracker.update([nut(0.05, 0), nut(0.02, 0.03)], 0.4)
    assert sorted(names(after)) == ['nut_1', 'nut_2']


def test_nut_pushed_a_little_is_followed(tracker):
    for step in range(4):
        tracker.update([nut(0, 0)], 0.4 * step)
    for step in range(4, 8):
        (part,) = tracker.update([nut(0.006, 0)], 0.4 * step)
    assert part.name == 'nut_0'
    assert abs(part.estimate.pose.translation[0] - 0.006) < 1e-9


def test_hidden_nut_keeps_its_name_for_a_while(tracker):
    tracker.update([nut(0, 0)], 0.0)
    tracker.update([], 3.0)
    assert names(tracker.update([nut(0, 0)], 6.0)) == ['nut_0']
    assert names(tracker.update([nut(0, 0)], 60.0)) == ['nut_1']


def test_pins_are_named_by_their_place(tracker):
    pins = [nut(0.4, s * 0.14, kind='pin', name=n) for s, n in ((1, 'left_pin'), (-1, 'right_pin'))]
    seated = nut(0.4, 0.14, kind='seated_nut', name='left_pin')
    for step in range(3):
        parts = tracker.update([*pins, seated], 0.4 * step)
    assert sorted((p.kind, p.name) for p in parts) == [
        ('pin', 'left_pin'),
        ('pin', 'right_pin'),
        ('seated_nut', 'left_pin'),
    ]


def test_tracks_are_dropped_when_time_goes_back(tracker):
    tracker.update([nut(0, 0)], 100.0)
    assert names(tracker.update([nut(0, 0)], 0.0)) == ['nut_1']
