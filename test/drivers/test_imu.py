# SPDX-License-Identifier: Apache-2.0
"""The inertial sensor on a serial port: its protocol, and what becomes of garbage, silence, bad values and pulled plugs."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable

import numpy as np
import pytest
from fake_mti import FakeMti
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.drivers.imu.errors import ImuError, MeasurementError
from humanoid_control.drivers.imu.mti_measurement import MOST_ACCELERATION, MOST_RATE, MtiMeasurement
from humanoid_control.drivers.imu.xbus_message import LONGEST, PREAMBLE, MessageId, XbusMessage
from humanoid_control.drivers.imu.xbus_parser import XbusParser
from humanoid_control.drivers.imu.xsens_mti import XsensMti
from humanoid_control.drivers.sensor_source import VALUES, NoSensors, load_sensor_source
from humanoid_control.model.errors import ConfigurationError

PATIENCE = 20.0  # [s] of wall time; only a hang takes that long
messages = st.builds(XbusMessage, st.integers(0, 255), st.binary(max_size=LONGEST))
garbage = st.binary(max_size=300)


def vectors(most: float) -> st.SearchStrategy[tuple[float, float, float]]:
    number = st.floats(-most, most, width=32)
    return st.tuples(number, number, number)


samples = st.builds(
    MtiMeasurement, vectors(MOST_RATE), vectors(MOST_ACCELERATION), st.none() | st.integers(0, 65535), st.booleans()
)


def test_messages_are_as_the_manual_shows_them():
    assert XbusMessage(MessageId.GO_TO_CONFIG).pack() == bytes.fromhex('FA FF 30 00 D1')
    assert XbusMessage(0x00).pack() == bytes.fromhex('FA FF 00 00 01')  # ReqDID
    assert XbusMessage(0x01, bytes(300)).pack()[:6] == bytes.fromhex('FA FF 01 FF 01 2C')
    with pytest.raises(MeasurementError, match='at most 512'):
        XbusMessage(1, bytes(LONGEST + 1)).pack()


@settings(deadline=None)
@given(st.lists(messages, max_size=5), st.lists(st.integers(1, 60), min_size=1))
def test_messages_are_found_in_pieces_of_any_size(sent: list[XbusMessage], sizes: list[int]):
    stream, parser, found = b''.join(message.pack() for message in sent), XbusParser(), []
    while stream:
        size = sizes[len(found) % len(sizes)]
        found += parser.feed(stream[:size])
        stream = stream[size:]
    assert found == sent and parser.skipped == parser.broken == 0


@settings(deadline=None)
@given(garbage)
def test_after_any_garbage_messages_are_found_again(noise: bytes):
    parser, message = XbusParser(), XbusMessage(MessageId.MT_DATA2, bytes(49))
    parser.feed(noise)
    parser.feed(message.pack() * (2 + LONGEST // 49))  # something in the noise may look like a message of that length
    assert parser.feed(message.pack()) == [message]


@settings(deadline=None)
@given(garbage.filter(lambda noise: PREAMBLE not in noise), messages)
def test_noise_without_a_preamble_hides_nothing(noise: bytes, message: XbusMessage):
    parser = XbusParser()
    assert parser.feed(noise + message.pack()) == [message]
    assert parser.skipped == len(noise)


@settings(deadline=None)
@given(st.binary(max_size=100), st.integers(0, 1000), st.integers(1, 255))
def test_a_changed_byte_is_never_taken_for_the_message(data: bytes, place: int, change: int):
    wire = bytearray(XbusMessage(MessageId.MT_DATA2, data).pack())
    wire[place % len(wire)] ^= change
    assert XbusMessage(MessageId.MT_DATA2, data) not in XbusParser().feed(bytes(wire))


@settings(deadline=None)
@given(samples)
def test_a_sample_survives_the_wire(sample: MtiMeasurement):
    assert MtiMeasurement.decode(sample.encode()) == sample


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_any_data_are_a_sample_within_range_or_refused_by_name(data: bytes):
    try:
        sample = MtiMeasurement.decode(data)
    except MeasurementError as error:
        assert str(error)
    else:
        assert max(map(abs, sample.rate)) <= MOST_RATE and max(map(abs, sample.acceleration)) <= MOST_ACCELERATION


@pytest.mark.parametrize(
    'key, value, named',
    [
        (0x8020, struct.pack('>3f', 0, math.nan, 0), 'rate of turn: expected at most 40, got 0, nan, 0'),
        (0x8020, struct.pack('>3f', 0, 0, 41), 'rate of turn'),
        (0x4020, struct.pack('>3f', 201, 0, 0), 'acceleration: expected at most 200'),
        (0x4020, struct.pack('>3f', -math.inf, 0, 0), 'acceleration'),
        (0x4020, bytes(11), 'acceleration: expected 12 bytes, got 11'),
        (0x4023, bytes(24), 'packet 0x4023 is not in single precision'),
        (0x1020, bytes(3), 'packet counter: expected 2 bytes, got 3'),
    ],
)
def test_bad_packets_are_named(key: int, value: bytes, named: str):
    good = MtiMeasurement((0, 0, 0), (0, 0, 9.81)).encode()
    with pytest.raises(MeasurementError, match=named):
        MtiMeasurement.decode(good + struct.pack('>HB', key, len(value)) + value)


def test_a_sample_without_rates_or_cut_is_refused():
    data = MtiMeasurement((0, 0, 0), (0, 0, 9.81)).encode()
    with pytest.raises(MeasurementError, match='rate of turn: expected 12 bytes, got none'):
        MtiMeasurement.decode(data[:15])
    with pytest.raises(MeasurementError, match='packet 0xe020 has 3 of its 4 bytes'):
        MtiMeasurement.decode(data[:-1])


def until(condition: Callable[[], bool], source: XsensMti) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, source.complaint()
        time.sleep(0.005)


@pytest.fixture
def sensor(tmp_path):
    with FakeMti(tmp_path) as fake:
        yield fake


@pytest.fixture
def source(sensor: FakeMti):
    source = load_sensor_source('humanoid_control.drivers.imu.xsens_mti:XsensMti', {'port': str(sensor.path), 'baud': '115200'})
    yield source
    source.close()


def test_it_sets_the_sensor_up_and_reads_it(sensor: FakeMti, source: XsensMti):
    source.open()
    assert sensor.configured == {0x1020: 0xFFFF, 0x4020: 400, 0x8020: 400, 0xE020: 0xFFFF}
    values = np.full(VALUES, 7.0)
    assert source.read(values) < PATIENCE
    assert values[:6] == pytest.approx([0.1, -0.2, 0.3, 0.0, 1.0, 9.81], abs=1e-6)
    assert not values[6:].any()
    until(lambda: source.samples > 20, source)  # past the counter's end
    assert source.missed == 0 and source.refused == 0
    sensor.sample = MtiMeasurement((0, 0, 0), (0, 0, 9.0), clipped=True)
    until(lambda: 'end of its range' in source.complaint(), source)


def test_garbage_on_the_line_costs_no_sample(sensor: FakeMti, source: XsensMti):
    sensor.before = bytes([PREAMBLE, 1, PREAMBLE, PREAMBLE]) + XbusMessage(0x42, b'abc').pack()[:-1] + b'\x00'
    source.open()
    until(lambda: source.samples > 50, source)
    assert source.missed == 0


def test_values_out_of_range_are_left_out_and_named(sensor: FakeMti, source: XsensMti):
    source.open()
    sensor.sample = MtiMeasurement((0.0, 99.0, 0.0), (0, 0, 9.81))
    until(lambda: source.refused > 3, source)
    values = np.zeros(VALUES)
    assert source.read(values) > 0
    assert values[1] == pytest.approx(-0.2)
    until(lambda: 'rate of turn: expected at most 40' in source.complaint(), source)
    sensor.sample = MtiMeasurement((0.5, 0, 0), (0, 0, 9.81))
    until(lambda: source.read(values) >= 0 and values[0] == 0.5, source)


def test_a_pulled_plug_is_named_and_the_sensor_comes_back_by_itself(sensor: FakeMti, source: XsensMti):
    source.open()
    sensor.unplug()
    until(lambda: 'look at the plug' in source.complaint(), source)
    values = np.zeros(VALUES)
    assert source.read(values) > 0.02
    before = source.samples
    sensor.plug()
    until(lambda: source.samples > before + 5, source)
    assert source.openings > 1


def test_a_silent_sensor_is_named_and_set_up_again(sensor: FakeMti, source: XsensMti):
    source.open()
    sensor.sends = False
    until(lambda: 'sends nothing' in source.complaint(), source)
    until(lambda: source.openings > 1, source)
    before = source.samples
    sensor.sends = True
    until(lambda: source.samples > before + 5, source)


def test_what_cannot_be_opened_is_refused_with_the_remedy(sensor: FakeMti, source: XsensMti, tmp_path):
    sensor.answers = False
    with pytest.raises(ImuError, match='does not answer: is it an MTi'):
        source.open()
    sensor.answers, sensor.error = True, 4
    with pytest.raises(ImuError, match='the sensor refuses message 0x30: error 04'):
        source.open()
    sensor.error, sensor.sends = None, False
    with pytest.raises(ImuError, match='no sample came within 1 s of the set-up'):
        source.open()
    with pytest.raises(ImuError, match='No such file or directory: look at the plug'):
        XsensMti(str(tmp_path / 'nothing')).open()
    (tmp_path / 'file').touch()
    with pytest.raises(ImuError, match='is no serial port'):
        XsensMti(str(tmp_path / 'file')).open()
    with pytest.raises(ImuError, match='12345 baud: this computer has no such rate'):
        XsensMti(str(sensor.path), baud='12345').open()


@pytest.mark.parametrize('options, named', [({'baud': 'fast'}, 'options.baud'), ({'rate': '123'}, 'one of 100, 200, 400')])
def test_options_that_make_no_sense_are_refused(options: dict[str, str], named: str):
    with pytest.raises(ConfigurationError, match=named):
        XsensMti('/dev/null', **options)


class StandingForces(NoSensors):
    """Force sensors of a robot that weighs 500 N."""

    def read(self, values: np.ndarray) -> float:
        """Half the weight on each sole."""
        values[6:] = 0.0
        values[[8, 14]] = 250.0
        return 0.0


def test_force_sensors_come_from_a_source_of_their_own(sensor: FakeMti):
    source = XsensMti(str(sensor.path), '115200', forces=f'{__name__}:StandingForces')
    source.open()
    values = np.zeros(VALUES)
    source.read(values)
    source.close()
    assert values[5] == pytest.approx(9.81) and values[8] == values[14] == 250.0
