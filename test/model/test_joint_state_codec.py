# SPDX-License-Identifier: Apache-2.0
"""The raw codec and ROS's own serialization agree in both directions."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import JointState

from humanoid_control.model import LowStateLayout
from humanoid_control.model.joint_state_codec import JointStateCodec, MessageLayoutError

names_strategy = st.lists(st.text('abcdefghij_/0123', min_size=1, max_size=17), min_size=1, max_size=40, unique=True)


def message_of(names, values, frame_id=''):
    message = JointState(name=list(names), position=values[0], velocity=values[1], effort=values[2])
    message.header.frame_id = frame_id
    message.header.stamp.sec, message.header.stamp.nanosec = 12, 345
    return message


@settings(deadline=None, max_examples=60)
@given(names_strategy, st.integers(0, 2**31 - 1), st.integers(0, 999_999_999), st.integers(0, 2**32 - 1))
def test_ros_reads_what_the_codec_packs(names, seconds, nanoseconds, seed):
    codec = JointStateCodec(names)
    values = np.random.default_rng(seed).normal(size=(3, len(names)))
    codec.position[:], codec.velocity[:], codec.effort[:] = values
    message = deserialize_message(codec.pack(seconds * 10**9 + nanoseconds), JointState)
    assert list(message.name) == names
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (seconds, nanoseconds)
    np.testing.assert_array_equal([message.position, message.velocity, message.effort], values)


@settings(deadline=None, max_examples=60)
@given(names_strategy, st.text('abc_/', max_size=9), st.integers(0, 2**32 - 1))
def test_the_codec_reads_what_ros_writes_whatever_the_frame_id(names, frame_id, seed):
    values = np.random.default_rng(seed).normal(size=(3, len(names)))
    stamp, *arrays = JointStateCodec(names).unpack(serialize_message(message_of(names, values.tolist(), frame_id)))
    assert stamp == 12_000_000_345
    np.testing.assert_array_equal(arrays, values)


def test_packing_and_unpacking_returns_the_same_numbers_bit_for_bit():
    codec = JointStateCodec(LowStateLayout(['a', 'b']).names)
    codec.position[:] = np.random.default_rng(3).normal(size=len(codec.names))
    stamp, position, _, _ = codec.unpack(codec.pack(7))
    assert stamp == 7
    assert position.tobytes() == codec.position.tobytes()


@pytest.mark.parametrize(('names', 'words'), [
    (['a', 'c'], r"missing \['b'\], unknown \['c'\]"),
    (['b', 'a'], 'order differs'),
    (['a'], 'missing'),
])
def test_other_names_are_refused_by_name(names, words):
    zeros = [[0.0] * len(names)] * 3
    with pytest.raises(MessageLayoutError, match=words):
        JointStateCodec(['a', 'b']).unpack(serialize_message(message_of(names, zeros)))


def test_an_array_of_another_size_is_refused_by_field():
    message = message_of(['a', 'b'], [[0.0, 0.0], [0.0], [0.0, 0.0]])
    with pytest.raises(MessageLayoutError, match='velocity has 1 values, expected 2'):
        JointStateCodec(['a', 'b']).unpack(serialize_message(message))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_garbage_is_refused_and_never_misread(data):
    with pytest.raises(MessageLayoutError):
        JointStateCodec(['a', 'b']).unpack(data)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 150))
def test_a_message_cut_short_is_refused(length):
    codec = JointStateCodec(['a', 'b', 'c'])
    whole = codec.pack(0)
    with pytest.raises(MessageLayoutError):
        codec.unpack(whole[:min(length, len(whole) - 1)])
