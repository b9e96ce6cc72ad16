# SPDX-License-Identifier: Apache-2.0
"""The recorder on a running graph, with trouble on the disk, and killed."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import rclpy
from bags import read_words
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String

from humanoid_control.recording.bag_reader import BagReader
from humanoid_control.recording.cdr import header_stamp
from humanoid_control.recording.message_decoder import MessageDecoder

LIMIT = 60.0  # [s] of real time for what takes a second on an idle machine
SETTINGS = """
max_size: 20.0
max_duration: 3600.0
max_total: 100.0
min_free: 0.0
chunk: 0.02
flush_period: 1.0
poll_period: 0.05
retry_period: 3.0
jpeg_quality: 95
topics:
  joint_states: {}
  odom: {}
  work/status: {repeat: 1}
  head_camera/color/image_raw: {max_rate: 2.0, jpeg: true}
"""
PICTURE = '/head_camera/color/image_raw/compressed'
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Robot(Node):
    """Publishes what a robot would, and reads the recorder's diagnostics."""

    def __init__(self) -> None:
        super().__init__('robot')
        self.joints = self.create_publisher(JointState, 'joint_states', 100)
        self.pictures = self.create_publisher(Image, 'head_camera/color/image_raw', 10)
        self.status = self.create_publisher(String, 'work/status', LATCHED)
        self.create_subscription(DiagnosticArray, 'diagnostics', self._on_diagnostics, 10)
        self.message, self.values = '', {'messages': '0'}
        self.sent = 0

    def send_many(self) -> None:
        """As many as come in a tenth of a second."""
        for _ in range(10):
            self.send()

    def send(self) -> None:
        """The next joint states, a hundredth of a second later."""
        self.sent += 1
        message = JointState(name=['knee'], position=[float(self.sent)])
        message.velocity = np.random.default_rng(self.sent).random(50).tolist()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(self.sent * 10_000_000, 1_000_000_000)
        self.joints.publish(message)

    def picture(self) -> np.ndarray:
        """Publish and return one of 40 x 30, red to the left and blue to the right."""
        pixels = np.zeros((30, 40, 3), np.uint8)
        pixels[:, :20, 0] = pixels[:, 20:, 2] = 200
        message = Image(height=30, width=40, encoding='rgb8', step=120, data=pixels.tobytes())
        message.header.frame_id = 'eye'
        self.pictures.publish(message)
        return pixels

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        (status,) = message.status
        self.message, self.values = status.message, {pair.key: pair.value for pair in status.values}


@pytest.fixture
def robot() -> Iterator[Robot]:
    rclpy.init()
    node = Robot()
    yield node
    node.destroy_node()
    rclpy.shutdown()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """A recorder that writes to <tmp_path>/run."""
    (tmp_path / 'recording.yaml').write_text(SETTINGS)
    arguments = [
        word
        for name, value in (
            ('recording_file', tmp_path / 'recording.yaml'),
            ('run_folder', tmp_path / 'run'),
            ('arguments', '\'{"seed": "7"}\''),
        )
        for word in ('-p', f'{name}:={value}')
    ]
    process = subprocess.Popen(
        [sys.executable, '-m', 'humanoid_control.recording.recorder_node', '--ros-args', *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)


def wait(robot: Robot, condition: Callable[[], bool], what: str, send: Callable[[], object] = lambda: None) -> None:
    """Spin, and send, until a condition holds."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f'{what} did not happen; the recorder says {robot.message!r} {robot.values}'
        send()
        rclpy.spin_once(robot, timeout_sec=0.01)


def recorded(bag: Path) -> set[str]:
    """Topics that can be read in a bag."""
    return {message.topic for message in BagReader(bag).messages()} if any(bag.glob('*.mcap')) else set()


def end(process: subprocess.Popen) -> str:
    """Output after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, output
    assert 'Traceback' not in output
    return output


def test_a_run_is_kept_with_everything_that_was_published(robot, recorder, tmp_path):
    robot.status.publish(String(data='{"stage": "look"}'))
    bag = tmp_path / 'run' / 'bag'
    pixels = robot.picture()

    def warm_up() -> None:
        robot.send()
        robot.picture()

    # each pair of publisher and subscriber finds itself in its own time
    wait(robot, lambda: recorded(bag) >= {'/joint_states', '/work/status', PICTURE}, 'recording', warm_up)
    warm, before = robot.sent, int(robot.values['messages'])
    for _ in range(100):
        robot.send()
    wait(robot, lambda: int(robot.values['messages']) >= before + 100, 'the rest')
    output = end(recorder)
    run = tmp_path / 'run'
    assert str(run) in output

    messages = list(BagReader(run / 'bag').messages())
    stamps = [header_stamp(m.data) for m in messages if m.topic == '/joint_states']
    first = stamps[0] // 10_000_000
    assert first <= warm
    assert stamps == [n * 10_000_000 for n in range(first, warm + 101)]
    assert all(0 <= m.log_time - m.publish_time < LIMIT * 1e9 for m in messages)
    assert read_words(run / 'bag', '/work/status') == ['{"stage": "look"}']
    (picture,) = [MessageDecoder().decode(m) for m in messages if m.topic == PICTURE]  # all have the same stamp
    assert picture.header.frame_id == 'eye' and picture.format == 'rgb8; jpeg compressed bgr8'
    seen = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.abs(seen.astype(int) - pixels)[:, [5, 30]].max() < 20

    facts = json.loads((run / 'run.json').read_text())
    assert facts['arguments'] == {'seed': '7'} and facts['versions']['python']
    assert (run / 'config' / 'balance.yaml').is_file()


def test_a_full_disk_is_named_and_recording_goes_on_when_there_is_room(robot, recorder, tmp_path):
    wait(robot, lambda: int(robot.values['messages']) > 0, 'recording', robot.send)
    _, most = resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE, (100_000, most))  # no file may grow beyond
    wait(robot, lambda: 'paused' in robot.message, 'a pause', robot.send_many)
    assert str(tmp_path / 'run' / 'bag') in robot.message and 'make room' in robot.message
    assert recorder.poll() is None
    resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE, (most, most))
    wait(robot, lambda: robot.message == 'recording', 'resumption')
    before = int(robot.values['messages'])
    wait(robot, lambda: int(robot.values['messages']) > before + 50, 'more', robot.send_many)
    output = end(recorder)
    assert 'recording paused: File too large' in output and 'recording goes on' in output
    stamps = [header_stamp(m.data) for m in BagReader(tmp_path / 'run' / 'bag').messages(['/joint_states'])]
    assert stamps == sorted(stamps) and len(stamps) > before


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / 'file').write_text('')
    folder = tmp_path / 'file' / 'run'
    done = subprocess.run(
        [sys.executable, '-m', 'humanoid_control.recording.recorder_node', '--ros-args', '-p', f'run_folder:={folder}'],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 1
    assert str(folder) in done.stderr and 'record:=DIR' in done.stderr and 'Traceback' not in done.stderr


WRITER = """
import sys, time
from pathlib import Path
from bags import word
from humanoid_control.recording.bag import Bag, BagLimits
from humanoid_control.recording.channel import Channel
from humanoid_control.recording.message_definition import MessageDefinition

channel = Channel('/words', MessageDefinition.find('std_msgs/msg/String'))
bag = Bag(Path(sys.argv[1]), BagLimits(1_000_000, 10**15, 2000))
number = 0
while True:
    bag.write(channel, time.time_ns(), time.time_ns(), word(f'{number} ' + 100 * 'x'))
    number += 1
    if number == 3000:
        bag.flush()
        print('flushed', flush=True)
"""


def test_a_killed_recorder_leaves_all_that_was_flushed(tmp_path):
    path = ':'.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    code = f'import sys; sys.path[:0] = {path.split(":")!r}\n{WRITER}'
    process = subprocess.Popen([sys.executable, '-c', code, str(tmp_path / 'bag')], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == 'flushed\n'
    process.kill()
    process.communicate()
    numbers = [int(text.split()[0]) for text in read_words(tmp_path / 'bag')]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] == 0 and numbers[-1] >= 2999
