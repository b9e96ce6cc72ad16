# SPDX-License-Identifier: Apache-2.0
"""Delay line, pace, settings, shapes and message templates."""
from __future__ import annotations

import numpy as np
import pytest
from geometry_msgs.msg import WrenchStamped
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image, Imu
from std_msgs.msg import Float64MultiArray, Header

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.configuration import SimulatorConfiguration
from humanoid_control.simulation.delay_line import DelayLine
from humanoid_control.simulation.message_templates import (
    ClockTemplate,
    DoubleArray,
    ImageTemplate,
    StampedDoubles,
    read_double_array,
    read_header,
    read_stamp,
)
from humanoid_control.simulation.nut_body import nut_inertia
from humanoid_control.simulation.pacing import Pace, Partner, Partners
from humanoid_control.simulation.shapes import hexagonal_ring, lathe

STAMP = 12_000_000_345


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return float(np.einsum('ij,ij->i', a, np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize('ticks', [0, 1, 3])
def test_what_is_pushed_comes_out_that_many_pushes_later(ticks: int):
    line = DelayLine(ticks, 2)
    given = [np.array([k, -k], dtype=float) for k in range(8)]
    got = [line.push(v).copy() for v in given]
    for k, vector in enumerate(got):
        np.testing.assert_array_equal(vector, given[max(0, k - ticks)])
    line.clear()
    np.testing.assert_array_equal(line.push(given[5]), given[5])


def test_a_negative_delay_is_refused():
    with pytest.raises(ValueError, match='-1'):
        DelayLine(-1, 3)


def test_the_world_waits_for_a_partner_that_lags_and_gives_up_when_it_is_silent():
    silent = []
    partner = Partner('kinematics', 20, 2.0, silent.append)
    assert not partner.holds_up(1000, 0.0)            # nobody there
    partner.set_present(True, 1000)
    assert not partner.holds_up(1020, 0.0)
    assert partner.holds_up(1021, 0.0)
    partner.heard(1010)
    assert not partner.holds_up(1030, 0.5)
    assert partner.holds_up(1031, 1.0)
    assert partner.holds_up(1031, 2.9)
    assert not partner.holds_up(1031, 3.1)
    assert partner.silent and silent == [partner]
    partner.heard(1031)
    assert not partner.silent and partner.holds_up(2000, 4.0)
    partner.set_present(False, 2000)
    assert not partner.holds_up(9000, 4.0)


def test_the_world_waits_for_the_last_of_all_who_once_spoke():
    silent = []
    eyes = Partners(20, 2.0, silent.append)
    assert not eyes.hold_up(1000, 0.0)            # nobody there
    eyes.heard('localiser', 1000)
    eyes.heard('detector', 1010)
    assert not eyes.hold_up(1020, 0.0)
    assert eyes.hold_up(1021, 0.0)
    eyes.heard('localiser', 1015)
    assert not eyes.hold_up(1030, 1.0)
    assert eyes.hold_up(1031, 1.0)
    assert not eyes.hold_up(1031, 3.1)
    assert [partner.name for partner in silent] == ['detector']
    assert eyes.hold_up(1036, 3.2)                # still for the other one
    eyes.restart(1036)
    assert not eyes.hold_up(1056, 3.3)
    eyes.forget()
    assert not eyes.hold_up(9000, 3.3)


@given(st.integers(0, 2**31 * 10**9 - 1), st.text(st.characters(codec='utf-8', exclude_characters='\0'), min_size=1))
def test_stamp_and_frame_of_any_header_are_read(stamp, frame):
    header = Header(frame_id=frame)
    header.stamp.sec, header.stamp.nanosec = divmod(stamp, 10**9)
    message = serialize_message(header)
    assert read_header(message) == (stamp, frame)
    with pytest.raises(ValueError, match='cut off|CDR'):
        read_header(message[:16])


def test_pace_limits_the_factor_and_measures_it():
    pace = Pace(2.0)
    pace.start(0, 10.0)
    assert pace.wait(1_000_000_000, 10.1) == pytest.approx(0.4)
    pace.wait(2_400_000_000, 11.2)
    assert pace.factor == pytest.approx(2.0)
    assert Pace(0.0).wait(5, 1.0) == 0.0


def test_pace_does_not_catch_up_after_a_stall():
    pace = Pace(1.0)
    pace.start(0, 0.0)
    assert pace.wait(1_000_000, 5.0) == 0.0
    assert pace.wait(1_001_000_000, 5.5) == pytest.approx(0.5)


def test_options_replace_settings_and_unknown_ones_are_named():
    settings = SimulatorConfiguration.load(options={'seed': 9, 'noise': 0, 'delay_ms': 4})
    assert (settings.world.seed, settings.sensors.noise, settings.drive.delay_ms) == (9, 0.0, 4.0)
    with pytest.raises(ConfigurationError, match="'frction' is unknown.*friction"):
        SimulatorConfiguration.load(options={'frction': 0.5})


@pytest.mark.parametrize(('options', 'words'), [
    ({'friction': -1.0}, 'friction must lie in'), ({'seed': 'seven'}, 'seed: expected a whole number'),
    ({'mass_scale': 9.0}, 'mass_scale must lie in'), ({'realtime': 'maybe'}, 'realtime: expected true or false'),
    ({'delay_ms': 1000.0}, 'delay_ms must lie in'), ({'noise': float('nan')}, 'noise: expected a finite number')])
def test_settings_that_make_no_sense_are_refused_by_name(options, words):
    with pytest.raises(ConfigurationError, match=words):
        SimulatorConfiguration.load(options=options)


def test_an_unknown_key_in_a_file_is_named_with_the_file(tmp_path):
    text = share_path('config', 'simulator.yaml').read_text(encoding='utf-8')
    path = tmp_path / 'mine.yaml'
    path.write_text(text.replace('friction:', 'fricton:'), encoding='utf-8')
    with pytest.raises(ConfigurationError, match="mine.yaml.*'fricton'"):
        SimulatorConfiguration.load(path)
    path.write_text(share_path('config', 'camera.yaml').read_text(encoding='utf-8').replace('samples: 0', 'samples: many'),
                    encoding='utf-8')
    with pytest.raises(ConfigurationError, match='mine.yaml: samples: expected a whole number'):
        CameraConfiguration.load(path)


def test_meshes_are_closed_and_have_the_volume_of_their_formula():
    nut = StationConfiguration.load().nut
    vertices, faces = hexagonal_ring(nut.across_flats, nut.hole_diameter, nut.height, 96)
    ring = nut.height * (np.sqrt(3) / 2 * nut.across_flats ** 2 - np.pi * (nut.hole_diameter / 2) ** 2)
    assert volume(vertices, faces) == pytest.approx(ring, rel=0.03)
    assert np.abs(vertices[:, 0]).max() == pytest.approx(nut.across_flats / 2, rel=1e-9)
    vertices, faces = lathe(np.array([(0, 0), (0.01, 0), (0.01, 0.02), (0, 0.02)]), 96)
    assert volume(vertices, faces) == pytest.approx(np.pi * 0.01 ** 2 * 0.02, rel=0.01)
    _, welded = np.unique(vertices.round(9), axis=0, return_inverse=True)
    edges = {tuple(sorted((f[i], f[(i + 1) % 3]))) for f in welded[faces] for i in range(3)}
    assert len(faces) * 3 == len(edges) * 2


def test_inertia_of_a_nut_is_between_those_of_thin_and_thick_rings():
    nut = StationConfiguration.load().nut
    across, along = nut_inertia(nut)
    inner, outer = nut.hole_diameter / 2, nut.across_flats / np.sqrt(3)
    assert nut.mass * inner ** 2 < along < nut.mass * outer ** 2
    assert across == pytest.approx(along / 2 + nut.mass * nut.height ** 2 / 12)


def test_templates_read_back_as_the_messages_they_stand_for():
    imu = StampedDoubles('imu_link', 37)
    imu.values[:] = np.arange(37)
    message = deserialize_message(imu.pack(STAMP), Imu)
    assert (message.header.stamp.sec, message.header.stamp.nanosec, message.header.frame_id) == (12, 345, 'imu_link')
    assert (message.angular_velocity.x, message.linear_acceleration.z) == (13, 27)
    wrench = StampedDoubles('left foot', 6)
    wrench.values[:] = (1, 2, 3, 4, 5, 6)
    message = deserialize_message(wrench.pack(STAMP), WrenchStamped)
    assert (message.wrench.force.y, message.wrench.torque.z, message.header.frame_id) == (2, 6, 'left foot')
    clock = deserialize_message(ClockTemplate().pack(STAMP), Clock)
    assert (clock.clock.sec, clock.clock.nanosec) == (12, 345)
    array = DoubleArray(3)
    array.values[:] = (7, 8, 9)
    assert list(deserialize_message(array.pack(), Float64MultiArray).data) == [7, 8, 9]


@pytest.mark.parametrize(('frame', 'encoding', 'kind'), [('a', 'rgb8', np.uint8), ('optical', '32FC1', np.float32)])
def test_image_template_reads_back_as_the_image(frame: str, encoding: str, kind: type):
    pixels = np.arange(4 * 6 * (3 if kind is np.uint8 else 1)).astype(kind).reshape(4, 6, -1)
    template = ImageTemplate(frame, 4, 6, encoding, pixels.nbytes // 24)
    message = deserialize_message(template.pack_pixels(STAMP, pixels), Image)
    assert (message.height, message.width, message.encoding, message.step) == (4, 6, encoding, pixels.nbytes // 4)
    assert bytes(message.data) == pixels.tobytes() and message.header.frame_id == frame
    with pytest.raises(ValueError, match='expected'):
        template.pack_pixels(STAMP, pixels[:2])


def test_stamps_and_arrays_are_read_from_what_ros_sends():
    message = WrenchStamped()
    message.header.stamp.sec, message.header.stamp.nanosec = 12, 345
    assert read_stamp(serialize_message(message)) == STAMP
    np.testing.assert_array_equal(read_double_array(serialize_message(Float64MultiArray(data=[1.0, 2.0]))), (1, 2))
    for garbage in (b'', b'\x00\x01\x00\x00', b'\x00' * 64):
        with pytest.raises(ValueError, match='little-endian'):
            read_double_array(garbage)
    with pytest.raises(ValueError, match='header'):
        read_stamp(b'\x00\x01')
