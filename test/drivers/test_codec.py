# SPDX-License-Identifier: Apache-2.0
"""Frames: golden vectors, round trips, saturation, agreement of C and Python, garbage."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.codec_twin import CodecTwin
from humanoid_control.drivers.errors import CodecError
from humanoid_control.drivers.frame import FLAG_ERROR, FLAG_EXTENDED, FLAG_REMOTE, Frame
from humanoid_control.drivers.messages import Control, Feedback, Field, Ranges

CODEC, TWIN, MODELS = Codec(), CodecTwin(), load_actuator_models()
HOST = 0xFD

model_names = st.sampled_from(sorted(MODELS))
bytes_ = st.integers(0, 255)
words = st.integers(0, 2**32 - 1)
any_float = st.floats(allow_nan=True, allow_infinity=True)
frames = st.builds(lambda raw: Frame.from_buffer_copy(raw), st.binary(min_size=16, max_size=16))
# garbage that gets past the first checks more often than plain noise does
plausible_frames = st.builds(
    lambda kind, low, data: Frame.of(kind << 24 | low, data),
    st.integers(0, 31),
    st.integers(0, 0xFFFFFF),
    st.binary(min_size=8, max_size=8),
)


def words_of(frame: Frame) -> list[int]:
    """Torque, then the four data words of a control frame."""
    return [frame.identifier >> 8 & 0xFFFF, *struct.unpack('>4H', frame.payload)]


@pytest.mark.parametrize(
    'model, motor, values, golden',
    [
        ('CyberGear', 0x7F, (1, -2, 3, 30, 1), '019FFF7F 8A2F77770F5C3333'),
        ('RS04', 5, (0.5, 1, 40, 200, 5), '01AAAA05 851788880A3D0CCC'),
    ],
)
@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_control_frames_match_the_golden_vectors_within_one_step(codec, model, motor, values, golden):
    frame, saturated = codec.control(MODELS[model].wire_ranges, motor, Control(*values))
    identifier, data = golden.split()
    expected = Frame.of(int(identifier, 16), bytes.fromhex(data))
    assert frame.identifier >> 24 == 1 and frame.identifier & 0xFF == motor
    for got, want in zip(words_of(frame), words_of(expected)):
        assert abs(got - want) <= 1
    assert saturated == Field(0)


@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_plain_frames_match_the_golden_vectors(codec):
    assert str(codec.enable(HOST, 0x7F)) == '0300FD7F 0000000000000000'
    assert str(codec.write_parameter(HOST, 0x7F, 0x7005, 1)) == '1200FD7F 0570000001000000'
    assert str(codec.stop(HOST, 9, clear_fault=True)) == '0400FD09 0100000000000000'
    assert str(codec.set_zero(HOST, 9)) == '0600FD09 0100000000000000'
    assert str(codec.set_id(HOST, 9, 12)) == '070CFD09 0000000000000000'
    assert str(codec.get_id(HOST, 9)) == '0000FD09 0000000000000000'
    assert str(codec.active_report(HOST, 9, True)) == '1800FD09 0102030405060100'
    assert str(codec.identity(9, 0x1122334455667788)) == '000009FE 8877665544332211'
    assert str(codec.read_parameter(HOST, 0x7F, 0x701C)) == '1100FD7F 1C70000000000000'
    assert str(codec.parameter(HOST, 0x7F, 0x701C, 0x41C00000)) == '11007FFD 1C7000000000C041'
    assert str(codec.fault(HOST, 9, 0x80, 1)) == '150009FD 8000000001000000'


# frames written down by hand from the makers' tables of bits
@pytest.mark.parametrize(
    'model, frame, values',
    [
        # in run mode, no fault; one quarter of the range, at rest, three quarters of the torque, 35.5 deg C
        ('CyberGear', '02807FFD 3FFF7FFFBFFF0163', (0x7F, 0, 2, -2 * math.pi, 0.0, 6.0, 35.5)),
        # limp with over-temperature and an uncalibrated encoder; ends of the ranges, 120 deg C
        ('RS04', '022405FD FFFF0000FFFF04B0', (5, 0b100100, 0, 4 * math.pi, -15.0, 120.0, 120.0)),
        # calibrating with under-voltage
        ('RS02', '024109FD 7FFF7FFF7FFF00FA', (9, 1, 1, 0.0, 0.0, 0.0, 25.0)),
    ],
)
@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_feedback_reads_as_the_makers_tables_say(codec, model, frame, values):
    identifier, data = frame.split()
    ranges = MODELS[model].wire_ranges
    read = codec.decode_feedback(ranges, Frame.of(int(identifier, 16), bytes.fromhex(data)))
    motor, faults, mode, position, velocity, torque, temperature = values
    assert (read.motor, read.host, read.faults, read.mode) == (motor, HOST, faults, mode)
    assert read.temperature == temperature
    for got, want, limit in (
        (read.position, position, ranges.position),
        (read.velocity, velocity, ranges.velocity),
        (read.torque, torque, ranges.torque),
    ):
        assert abs(got - want) <= 2 * limit / 65535 * (1 + 1e-9)
    assert str(codec.feedback(ranges, read)[0]) == frame


@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_other_answers_read_as_the_makers_tables_say(codec):
    assert codec.decode_identity(Frame.of(0x00007FFE, bytes.fromhex('0123456789ABCDEF'))) == (0x7F, 0xEFCDAB8967452301)
    assert codec.decode_parameter(Frame.of(0x11007FFD, bytes.fromhex('0570000001000000'))) == (0x7005, 1)
    for identifier in (0x150009FD, 0x1500FD09):  # RobStride's and CyberGear's way round
        assert codec.decode_fault(Frame.of(identifier, bytes.fromhex('0400000001000000'))) == (4, 1)


@given(
    model_names,
    bytes_,
    bytes_,
    st.integers(0, 63),
    st.integers(0, 3),
    st.tuples(*[st.floats(-1, 1)] * 3),
    st.floats(-40, 200),
)
def test_feedback_survives_the_round_trip_within_half_a_step(name, motor, host, faults, mode, shares, temperature):
    ranges = MODELS[name].wire_ranges
    limits = (ranges.position, ranges.velocity, ranges.torque)
    values = [share * limit for share, limit in zip(shares, limits)]
    frame, saturated = CODEC.feedback(ranges, Feedback(motor, host, faults, mode, *values, temperature))
    back = CODEC.decode_feedback(ranges, frame)
    assert saturated == Field(0)
    assert (back.motor, back.host, back.faults, back.mode) == (motor, host, faults, mode)
    for got, want, limit in zip((back.position, back.velocity, back.torque), values, limits):
        assert abs(got - want) <= limit / 65535 * (1 + 1e-9)
    assert abs(back.temperature - temperature) <= 0.05 + 1e-9


@given(model_names, bytes_, st.tuples(*[any_float] * 5))
def test_c_and_python_encode_the_same_control_or_refuse_the_same(name, motor, values):
    ranges, control = MODELS[name].wire_ranges, Control(*values)
    if all(map(math.isfinite, values)):
        assert CODEC.control(ranges, motor, control) == TWIN.control(ranges, motor, control)
    else:
        for codec in (CODEC, TWIN):
            with pytest.raises(CodecError, match='not finite'):
                codec.control(ranges, motor, control)


@given(model_names, bytes_, st.integers(0, 63), st.integers(0, 3), st.tuples(*[st.floats(-1e6, 1e6)] * 4))
def test_c_and_python_encode_the_same_feedback(name, motor, faults, mode, values):
    ranges, feedback = MODELS[name].wire_ranges, Feedback(motor, HOST, faults, mode, *values)
    assert CODEC.feedback(ranges, feedback) == TWIN.feedback(ranges, feedback)


@given(bytes_, bytes_, st.integers(0, 0xFFFF), words, words)
def test_parameters_and_faults_survive_the_round_trip(motor, host, index, raw, warning):
    assert CODEC.decode_parameter(CODEC.parameter(host, motor, index, raw)) == (index, raw)
    assert CODEC.decode_parameter(CODEC.write_parameter(host, motor, index, raw)) == (index, raw)
    assert CODEC.decode_fault(CODEC.fault(host, motor, raw, warning)) == (raw, warning)
    assert CODEC.decode_identity(CODEC.identity(motor, raw << 32 | warning)) == (motor, raw << 32 | warning)


@given(model_names, st.tuples(*[st.floats(-5, 5)] * 5))
def test_values_out_of_range_saturate_and_are_named(name, shares):
    ranges = MODELS[name].wire_ranges
    limits = [ranges.position, ranges.velocity, ranges.torque, ranges.kp, ranges.kd]
    lows = [-ranges.position, -ranges.velocity, -ranges.torque, 0.0, 0.0]
    values = [share * limit for share, limit in zip(shares, limits)]
    frame, saturated = CODEC.control(ranges, 1, Control(*values))
    fields = (Field.POSITION, Field.VELOCITY, Field.TORQUE, Field.KP, Field.KD)
    assert saturated == sum((f for f, v, lo, hi in zip(fields, values, lows, limits) if not lo <= v <= hi), Field(0))
    back = CODEC.decode_control(ranges, frame)
    for field, value, low, high in zip(('position', 'velocity', 'torque', 'kp', 'kd'), values, lows, limits):
        assert abs(getattr(back, field) - min(max(value, low), high)) <= (high - low) / 65535


def _with_gap(again: Frame, frame: Frame) -> Frame:
    """Bytes 2 and 3 of a parameter's frame mean nothing."""
    again.data[2:4] = frame.data[2:4]
    return again


@settings(max_examples=500)
@given(st.one_of(frames, plausible_frames), model_names)
def test_decoders_refuse_garbage_or_read_what_encodes_back_to_it(frame, name):
    ranges = MODELS[name].wire_ranges
    before = bytes(frame)
    readers = {
        'decode_control': lambda c: c.control(ranges, frame.identifier & 0xFF, c.decode_control(ranges, frame)),
        'decode_feedback': lambda c: c.feedback(ranges, c.decode_feedback(ranges, frame)),
        'decode_identity': lambda c: (c.identity(*c.decode_identity(frame)), Field(0)),
        'decode_parameter': lambda c: (_with_gap(c.parameter(0, 0, *c.decode_parameter(frame)), frame), Field(0)),
        'decode_fault': lambda c: (
            c.fault(frame.identifier & 0xFF, frame.identifier >> 8 & 0xFF, *c.decode_fault(frame)),
            Field(0),
        ),
    }
    for reader in readers.values():
        outcomes = []
        for codec in (CODEC, TWIN):
            try:
                outcomes.append(reader(codec))
            except CodecError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]
        if not isinstance(outcomes[0], str):
            again, saturated = outcomes[0]
            assert saturated == Field(0)
            assert again.payload == frame.payload
    assert bytes(frame) == before


@pytest.mark.parametrize(
    'frame, reason',
    [
        (Frame(0x0300FD7F, 8), 'extended'),
        (Frame(FLAG_EXTENDED | FLAG_REMOTE | 0x0300FD7F, 8), 'extended'),
        (Frame(FLAG_EXTENDED | FLAG_ERROR | 0x0300FD7F, 8), 'extended'),
        (Frame(FLAG_EXTENDED | 0x0300FD7F, 7), 'eight bytes'),
        (Frame(FLAG_EXTENDED | 0x0300FD7F, 255), 'eight bytes'),
        (Frame(FLAG_EXTENDED | 0x0500FD7F, 8), 'no message'),
    ],
)
@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_frames_of_other_kinds_are_refused_with_the_reason(codec, frame, reason):
    with pytest.raises(CodecError, match=reason):
        codec.decode_envelope(frame)


@pytest.mark.parametrize('codec', [CODEC, TWIN], ids=['c', 'python'])
def test_addresses_beyond_a_byte_and_senseless_ranges_are_refused(codec):
    with pytest.raises(CodecError, match='does not fit'):
        codec.enable(HOST, 256)
    with pytest.raises(CodecError, match='does not fit'):
        codec.set_id(HOST, 1, -1)
    with pytest.raises(CodecError, match='positive'):
        codec.control(Ranges(12.5, 0.0, 1, 1, 1), 1, Control())


def test_a_cold_motor_reads_below_zero():
    ranges = MODELS['RS04'].wire_ranges
    frame, _ = CODEC.feedback(ranges, Feedback(1, HOST, 0, 2, 0, 0, 0, -7.5))
    assert CODEC.decode_feedback(ranges, frame).temperature == -7.5
