# SPDX-License-Identifier: Apache-2.0
"""A bag stays in its bounds, and other programs read it whatever happened."""

from __future__ import annotations

import base64
import errno
import importlib
import os
from pathlib import Path

import pytest
import yaml
from bags import read_words, word
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rclpy.serialization import serialize_message

from humanoid_control.doctor import TopicTable
from humanoid_control.recording.bag import Bag, BagLimits
from humanoid_control.recording.bag_reader import BagReader
from humanoid_control.recording.channel import Channel
from humanoid_control.recording.disk_file import DiskFile
from humanoid_control.recording.errors import RecordingError
from humanoid_control.recording.message_definition import MessageDefinition
from humanoid_control.recording.recording import Recording
from humanoid_control.recording.settings import RecordingSettings

SECOND = 1_000_000_000
SMALL = BagLimits(size=400_000, duration=3600 * SECOND, chunk=5_000)
PLENTY = 10**12


def noise(size: int) -> str:
    """A text that hardly compresses."""
    return base64.b85encode(os.urandom(size * 4 // 5)).decode()


def fill(bag: Bag, channel: Channel, count: int, size: int = 1000, start: int = 0) -> list[str]:
    """Write texts that don't compress, a hundredth of a second apart."""
    texts = [noise(size) for _ in range(count)]
    for number, text in enumerate(texts):
        time = SECOND + (start + number) * SECOND // 100
        bag.write(channel, time, time, word(text))
    return texts


def folder_size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_everything_written_is_read_back(tmp_path, words):
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    texts = fill(bag, words, 100)
    bag.close()
    assert read_words(bag.folder) == texts
    assert len(BagReader(bag.folder).files) > 1


@settings(max_examples=8, deadline=None)
@given(size=st.integers(500, 20_000), chunk=st.integers(1000, 20_000))
def test_a_bag_never_grows_beyond_its_size(tmp_path_factory, words, size, chunk):
    bag = Bag(tmp_path_factory.mktemp('bounds') / 'bag', BagLimits(SMALL.size, SMALL.duration, chunk), now=lambda: SECOND)
    written = 0
    while written < 2 * SMALL.size:
        fill(bag, words, 1, size, written)
        written += size
        on_disk = sum(file.stat().st_size for file in bag.folder.glob('*.mcap'))
        assert on_disk <= SMALL.size
    bag.close()
    assert sum(file.stat().st_size for file in bag.folder.glob('*.mcap')) <= SMALL.size
    assert bag.dropped > 0


def test_the_oldest_goes_and_the_newest_stays(tmp_path, words):
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    texts = fill(bag, words, 1000)
    bag.close()
    kept = read_words(bag.folder)
    assert kept == texts[-len(kept):]
    assert len(kept) * 1000 > SMALL.size / 2
    assert sorted(bag.folder.glob('*.mcap')) == sorted(BagReader(bag.folder).files)


def test_what_is_too_old_goes(tmp_path, words):
    now = SECOND
    bag = Bag(tmp_path / 'bag', BagLimits(SMALL.size, 8 * SECOND, SMALL.chunk), now=lambda: now)
    for number in range(300):
        now = SECOND + number * SECOND // 10
        bag.write(words, now, now, word(str(number)))
    bag.close()
    first = int(read_words(bag.folder)[0])
    assert 300 - 8 * 10 - 2 * 10 <= first <= 300 - 7 * 10


def test_latched_messages_begin_every_file(tmp_path, words):
    latched = Channel('/latched', words.definition, repeat=2)
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    for text in ('old', 'robot', 'station', 'station'):
        bag.write(latched, SECOND, SECOND, word(text))
    fill(bag, words, 100)
    bag.close()
    files = BagReader(bag.folder).files
    assert len(files) > 2
    repeated = read_words(bag.folder, '/latched')
    assert repeated == ['old', 'robot', 'station', 'station'] + (len(files) - 1) * ['robot', 'station']


def test_metadata_tells_what_rosbag2_wants_to_know(tmp_path, words):
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    fill(bag, words, 100)
    bag.close()
    content = yaml.safe_load((bag.folder / 'metadata.yaml').read_text())['rosbag2_bagfile_information']
    assert content['version'] == 9 and content['storage_identifier'] == 'mcap'
    assert content['message_count'] == 100 == sum(file['message_count'] for file in content['files'])
    assert content['starting_time'] == {'nanoseconds_since_epoch': SECOND}
    assert content['duration'] == {'nanoseconds': 99 * SECOND // 100}
    (topic,) = content['topics_with_message_count']
    assert topic['topic_metadata']['type'] == 'std_msgs/msg/String'
    (quality,) = topic['topic_metadata']['offered_qos_profiles']
    assert (quality['reliability'], quality['durability']) == ('reliable', 'volatile')


def test_files_carry_profile_definition_and_quality(tmp_path, words):
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    fill(bag, words, 1)
    bag.close()
    (file,) = BagReader(bag.folder).files
    with open(file, 'rb') as stream:
        reader = make_reader(stream)
        assert reader.get_header().profile == 'ros2'
        summary = reader.get_summary()
    (schema,), (channel,) = summary.schemas.values(), summary.channels.values()
    assert (schema.name, schema.encoding, channel.message_encoding) == ('std_msgs/msg/String', 'ros2msg', 'cdr')
    assert b'string data' in schema.data
    (quality,) = yaml.safe_load(channel.metadata['offered_qos_profiles'])
    assert quality['reliability'] == 'reliable'
    assert channel.metadata['topic_type_hash'].startswith('RIHS01_')


@pytest.mark.parametrize('name', sorted(RecordingSettings.load().topics))
def test_the_definition_of_every_recorded_topic_is_complete(tmp_path, name):
    message_type = TopicTable.load()[name].type
    package, _, kind = message_type.split('/')
    message = getattr(importlib.import_module(f'{package}.msg'), kind)()
    channel = Channel(f'/{name.lstrip("/")}', MessageDefinition.find(message_type))
    bag = Bag(tmp_path / 'bag', SMALL, now=lambda: SECOND)
    bag.write(channel, SECOND, SECOND, bytes(serialize_message(message)))
    bag.close()
    with open(BagReader(bag.folder).files[0], 'rb') as stream:
        ((schema, _, _, decoded),) = make_reader(stream, decoder_factories=[DecoderFactory()]).iter_decoded_messages()
    assert schema.name == message_type
    for field in message.get_fields_and_field_types():
        assert hasattr(decoded, field)
    assert channel.definition.stamped == ('header' in message.get_fields_and_field_types())


def test_a_missing_type_is_named():
    with pytest.raises(RecordingError, match='no_such_msgs'):
        MessageDefinition.find('no_such_msgs/msg/Nothing')
    with pytest.raises(RecordingError, match='Nothing.msg'):
        MessageDefinition.find('std_msgs/msg/Nothing')


class FullDisk:
    """A disk with room for so many bytes, then full until `room` is raised."""

    def __init__(self, room: int):
        self.room = room

    def open(self, path: Path) -> DiskFile:
        disk = self

        class Limited(DiskFile):
            def write(self, data: bytes) -> int:
                if len(data) > disk.room:
                    part = bytes(data)[: disk.room]
                    disk.room = 0
                    super().write(part)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                disk.room -= len(data)
                return super().write(data)

        return Limited(path)


@pytest.mark.parametrize('room', [0, 5, 40, 5_000, 12_345, 30_000, 60_000])
def test_a_full_disk_pauses_the_recording_which_goes_on_when_there_is_room(tmp_path, words, room):
    disk = FullDisk(room)
    clock = 100.0
    recording = Recording(
        Bag(tmp_path / 'run' / 'bag', SMALL, disk.open, now=lambda: SECOND), 1000, 10.0, lambda _: disk.room, lambda: clock
    )
    sent = [noise(1000) for _ in range(100)]
    for number, text in enumerate(sent):
        recording.write([(SECOND + number, SECOND + number, words, word(text))])
    assert str(recording.bag.folder) in recording.problem and 'No space left' in recording.problem
    assert 'make room' in recording.problem and recording.lost > 0
    before = read_words(recording.bag.folder) if any(recording.bag.folder.glob('*.mcap')) else []
    assert before == sent[: len(before)]
    assert recording.lost == len(sent) - len(before)
    assert recording.bag.counts['/words'] == len(before)
    assert len(before) * 1000 > room - 3 * SMALL.chunk - 2000

    recording.check()
    assert recording.problem
    disk.room = PLENTY
    recording.check()
    assert recording.problem, 'an error of the disk is given some time to be gone'
    clock = 110.0
    recording.check()
    assert recording.problem == ''
    more = [noise(1000) for _ in range(30)]
    for number, text in enumerate(more):
        recording.write([(2 * SECOND + number, 2 * SECOND + number, words, word(text))])
    recording.close()
    assert read_words(recording.bag.folder) == before + more


def test_little_room_pauses_before_the_disk_is_full(tmp_path, words):
    free = PLENTY
    recording = Recording(Bag(tmp_path / 'run' / 'bag', SMALL, now=lambda: SECOND), 5_000_000, 10.0, lambda _: free)
    recording.write([(SECOND, SECOND, words, word('before'))])
    free = 4_000_000
    recording.check()
    assert 'only 4 MB are free' in recording.problem
    recording.write([(2 * SECOND, SECOND, words, word('lost'))])
    free = 5_500_000
    recording.check()
    assert recording.problem, 'goes on only with some room to spare'
    free = 6_000_000
    recording.check()
    recording.write([(3 * SECOND, SECOND, words, word('after'))])
    recording.close()
    assert read_words(recording.bag.folder) == ['before', 'after']
    assert recording.lost == 1


def test_messages_of_several_topics_are_put_in_the_order_of_their_arrival(tmp_path, words):
    recording = Recording(Bag(tmp_path / 'run' / 'bag', SMALL, now=lambda: SECOND), 0, 10.0)
    recording.write([(t * SECOND, t * SECOND, words, word(str(t))) for t in (3, 1, 2)])
    recording.close()
    assert read_words(recording.bag.folder) == ['1', '2', '3']


def test_a_cut_file_is_read_up_to_its_last_chunk(tmp_path, words):
    bag = Bag(tmp_path / 'bag', BagLimits(8_000_000, SMALL.duration, SMALL.chunk), now=lambda: SECOND)
    texts = fill(bag, words, 50)
    bag.flush()
    (file,) = BagReader(bag.folder).files
    content = file.read_bytes()
    assert read_words(bag.folder) == texts
    file.write_bytes(content[: len(content) * 2 // 3])
    kept = read_words(bag.folder)
    assert kept == texts[: len(kept)] and len(kept) >= 25
