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


def test_average_is_better_than_one_image(tracker):
    rng = np.random.default_rng(0)
    for step in range(30):
        x, y, yaw = rng.standard_normal(3) * (5e-4, 5e-4, 0.02)
        (part,) = tracker.update([nut(x, y, yaw)], 0.1 * step)
    assert np.hypot(*part.estimate.pose.translation[:2]) < 3e-4


def test_yaw_is_averaged_over_its_sixth_of_a_turn(tracker):
    for step in range(6):
        turn = (-1) ** step * np.radians(29.5)  # 29.5 and -29.5 degrees are one degree apart
        (part,) = tracker.update([nut(0, 0, turn)], 0.2 * step)
    yaw = pin.log3(part.estimate.pose.rotation)[2]
    assert abs(yaw - np.pi / 3 * np.round(yaw / (np.pi / 3))) > np.radians(29.0)


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
    assert abs(part.estimate.pose.translation[0] - 0.006) < 5e-4


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
