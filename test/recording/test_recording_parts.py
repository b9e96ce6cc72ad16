# SPDX-License-Identifier: Apache-2.0
"""Run folders, thinning out, pictures and settings."""

from __future__ import annotations

import datetime
import os
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CompressedImage, Image

from humanoid_control.doctor import TopicTable
from humanoid_control.model import ConfigurationError, share_path
from humanoid_control.recording.errors import RecordingError
from humanoid_control.recording.picture import as_jpeg
from humanoid_control.recording.rate_limit import RateLimit
from humanoid_control.recording.run_folder import RunFolder, new_run_folder
from humanoid_control.recording.settings import RecordingSettings

NOON = datetime.datetime(2030, 5, 6, 12, 0, 1)


def test_a_run_is_named_by_time_and_seed(tmp_path, monkeypatch):
    monkeypatch.setenv('ROS_HOME', str(tmp_path / 'home'))
    assert new_run_folder('false', 7, now=NOON) is None
    assert new_run_folder('true', 7, now=NOON) == tmp_path / 'home/humanoid_assembly/runs/2030-05-06_12-00-01_seed7'
    assert new_run_folder(str(tmp_path), 7, '/cell/robot2', NOON) == tmp_path / '2030-05-06_12-00-01_seed7_cell_robot2'
    folder = new_run_folder(str(tmp_path), None, now=NOON)
    assert folder == tmp_path / '2030-05-06_12-00-01'
    folder.mkdir()
    assert new_run_folder(str(tmp_path), None, now=NOON) == tmp_path / '2030-05-06_12-00-01_2'


@pytest.mark.parametrize('record', ['', 'False', 'TRUE'])
def test_what_is_no_folder_is_refused_by_name(record):
    with pytest.raises(ConfigurationError, match='record:='):
        new_run_folder(record, 7, now=NOON)


def make_run(parent: Path, name: str, size: int, running: bool = False) -> RunFolder:
    """A run with a bag of so many bytes; finished an hour ago unless it is running."""
    run = RunFolder(parent / name)
    run.create({'seed': 1}, {})
    run.bag.mkdir()
    (run.bag / 'bag_0.mcap').write_bytes(bytes(size))
    if not running:
        os.utime(run.bag / 'bag_0.mcap', (time.time() - 3600,) * 2)
    return run


def test_the_oldest_bags_go_and_their_reports_stay(tmp_path):
    runs = [make_run(tmp_path, f'2030-0{month}', 1000) for month in (3, 1, 2, 4)]
    (tmp_path / 'not_a_run').mkdir()
    assert runs[3].remove_old_bags(3000) == []
    removed = runs[3].remove_old_bags(1500)
    assert [run.name for run in removed] == ['2030-01', '2030-02']
    for run in runs:
        assert run.bag.exists() == (run.path not in removed)
        assert (run.path / 'run.json').is_file()
    assert (tmp_path / 'not_a_run').is_dir()


def test_the_bag_of_another_robot_at_work_stays(tmp_path):
    other = make_run(tmp_path, '2030-01', 1000, running=True)
    old, own = (make_run(tmp_path, f'2030-0{month}', 1000) for month in (2, 3))
    assert own.remove_old_bags(500) == [old.path]
    assert other.bag.exists()


def test_the_configuration_in_use_is_kept(tmp_path):
    robot = tmp_path / 'mine.yaml'
    robot.write_text('name: mine\n')
    run = RunFolder(tmp_path / 'run')
    run.create({}, {'robot_file': robot})
    assert (run.path / 'config' / 'robot_file.yaml').read_text() == 'name: mine\n'
    kept = {path.name for path in (run.path / 'config').glob('*.yaml')}
    assert {path.name for path in share_path('config').glob('*.yaml')} <= kept


def test_a_folder_that_exists_is_refused(tmp_path):
    with pytest.raises(RecordingError, match='record:=DIR'):
        RunFolder(tmp_path).create({}, {})


@given(
    rate=st.floats(1.0, 100.0),
    gaps=st.lists(st.integers(1_000_000, 300_000_000), min_size=1, max_size=200),
    start=st.integers(0, 10**18),
)
def test_no_more_than_the_rate_passes(rate, gaps, start):
    limit = RateLimit(rate)
    times = start + np.cumsum(gaps)
    passed = [int(time) for time in times if limit.passes(int(time))]
    span = (passed[-1] - passed[0]) * 1e-9
    assert len(passed) - 1 <= span * rate + 0.2 + 1e-6
    assert passed[0] == times[0]


@given(jitter=st.lists(st.integers(-9_000_000, 9_000_000), min_size=50, max_size=50))
def test_messages_at_the_rate_pass_in_spite_of_jitter(jitter):
    limit = RateLimit(10.0)
    assert sum(limit.passes(10**9 + 100_000_000 * n + late) for n, late in enumerate(jitter)) >= 45


def test_a_clock_that_jumps_back_does_not_silence_a_topic():
    limit = RateLimit(10.0)
    assert limit.passes(100 * 10**9)
    assert limit.passes(10**9)


@pytest.mark.parametrize(('encoding', 'channels', 'padding'), [('rgb8', 3, 0), ('bgr8', 3, 5), ('mono8', 1, 3)])
def test_pictures_of_every_encoding_are_coded(encoding, channels, padding):
    step = 8 * channels + padding
    image = Image(height=4, width=8, encoding=encoding, step=step, data=bytes(4 * step))
    image.header.frame_id, image.header.stamp.sec, image.header.stamp.nanosec = 'camera', 5, 6
    coded = deserialize_message(as_jpeg(bytes(serialize_message(image)), 90), CompressedImage)
    assert coded.header == image.header
    assert coded.format.startswith(f'{encoding}; jpeg compressed ')
    assert bytes(coded.data[:2]) == b'\xff\xd8'


@pytest.mark.parametrize(
    'change', [{'encoding': '32FC1'}, {'step': 1}, {'data': bytes(5)}, {'height': 0, 'data': b''}, {'width': 9}]
)
def test_a_picture_that_makes_no_sense_is_named(change):
    fields = {'height': 4, 'width': 8, 'encoding': 'rgb8', 'step': 24, 'data': bytes(96)} | change
    with pytest.raises(RecordingError, match='picture of'):
        as_jpeg(bytes(serialize_message(Image(**fields))), 90)


@given(st.binary(max_size=80))
def test_no_bytes_crash_the_picture_coder(data):
    with pytest.raises(RecordingError):
        as_jpeg(data, 90)
    with pytest.raises(RecordingError):
        as_jpeg(b'\x00\x01\x00\x00' + data, 90)


@pytest.mark.parametrize(
    ('key', 'value', 'words'),
    [
        ('max_size', 1.0, 'max_size'),
        ('chunk', 1000.0, 'chunk'),
        ('jpeg_quality', 0, 'jpeg_quality'),
        ('min_free', -1.0, 'min_free'),
        ('topics', {'odom': {'max_rate': -5.0}}, 'max_rate'),
        ('topics', {'odom': {'rate': 5.0}}, 'unknown key'),
    ],
)
def test_settings_that_make_no_sense_are_named(tmp_path, key, value, words):
    content = yaml.safe_load(share_path('config', 'recording.yaml').read_text())
    path = tmp_path / 'recording.yaml'
    path.write_text(yaml.safe_dump(content | {key: value}))
    with pytest.raises(ConfigurationError, match=words):
        RecordingSettings.load(path)


def test_only_known_topics_and_no_fast_ones_are_recorded():
    table = TopicTable.load()
    for name in RecordingSettings.load().topics:
        assert name in table
        assert table[name].rate <= 200
