# SPDX-License-Identifier: Apache-2.0
"""Messages as vectors of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from humanoid_control.recording.errors import RecordingError

AXES = ('x', 'y', 'z')


@dataclass(frozen=True)
class VectorSource:
    """Where one vector of every frame comes from.

    Attributes:
        feature: its name in the data set.
        topics: relative names of the topics whose values it joins.
        field: `position`, `velocity` or `effort` of a JointState; empty for other types.
        needed: whether there is no episode without it.
    """

    feature: str
    topics: tuple[str, ...]
    field: str = ''
    needed: bool = False


SOURCES = (
    VectorSource('observation.state', ('joint_states',), 'position', needed=True),
    VectorSource('observation.velocity', ('joint_states',), 'velocity', needed=True),
    VectorSource('observation.effort', ('joint_states',), 'effort', needed=True),
    VectorSource('observation.wrench', tuple(f'{side}_{part}/wrench' for part in ('sole', 'wrist') for side in 'lr')),
    VectorSource('observation.base', ('odom',)),
    VectorSource('action', ('whole_body/reference',), 'position', needed=True),
)


def names_of(source: VectorSource, messages: Sequence[Any]) -> list[str]:
    """Names of a vector's entries, given one message of each of its topics."""
    if source.field:
        return list(messages[0].name)
    names = []
    for topic, message in zip(source.topics, messages):
        parts = ('force', 'torque') if hasattr(message, 'wrench') else ()
        names += [f'{topic.removesuffix("/wrench")}.{part}.{axis}' for part in parts for axis in AXES]
        if not parts:
            names += [f'position.{axis}' for axis in AXES] + [f'orientation.{axis}' for axis in (*AXES, 'w')]
            names += [f'{part}.{axis}' for part in ('linear', 'angular') for axis in AXES]
    return names


def vector_of(source: VectorSource, messages: Sequence[Any], names: Sequence[str]) -> np.ndarray:
    """The vector (len(names),) in float32, joints by name.

    Raises RecordingError when a joint is missing.
    """
    if source.field:
        message = messages[0]
        values = dict(zip(message.name, getattr(message, source.field)))
        missing = [name for name in names if name not in values]
        if missing:
            raise RecordingError(f'{source.topics[0]}: no {source.field} of joint {missing[0]!r} as in earlier frames')
        return np.array([values[name] for name in names], np.float32)
    values = []
    for message in messages:
        if hasattr(message, 'wrench'):
            values += [*_xyz(message.wrench.force), *_xyz(message.wrench.torque)]
        else:
            pose, twist = message.pose.pose, message.twist.twist
            values += [*_xyz(pose.position), *_xyz(pose.orientation), pose.orientation.w]
            values += [*_xyz(twist.linear), *_xyz(twist.angular)]
    return np.array(values, np.float32)


def _xyz(message: Any) -> tuple[float, float, float]:
    return message.x, message.y, message.z
