# SPDX-License-Identifier: Apache-2.0
"""Nodes `simulator` and `camera` over real topics."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import WrenchStamped
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Header, String, UInt8
from std_srvs.srv import SetBool, Trigger

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.safety.stop_category import StopCategory

DOMAIN = int(os.environ['ROS_DOMAIN_ID'])     # set by the root conftest, one for each test process
STEP = 2_000_000    # [ns]
RELIABLE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
ENVIRONMENT = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
               'OMP_NUM_THREADS': '1'}


def start(module: str, **parameters: object) -> subprocess.Popen:
    arguments = [a for name, value in parameters.items() for a in ('-p', f'{name}:={value}')]
    return subprocess.Popen([sys.executable, '-m', f'humanoid_control.simulation.{module}_node', '--ros-args', *arguments],
                            env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process: subprocess.Popen, number: int = signal.SIGINT) -> tuple[int, str]:
    if process.poll() is None:
        process.send_signal(number)
    try:
        output, _ = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        pytest.fail(f'node did not end within 10 s of signal {number}: {output}')
    return process.returncode, output


class Bench:
    """A controller that keeps the robot's posture, with eyes on the other topics."""

    def __init__(self, robot: RobotModel):
        self.context = Context()
        rclpy.init(context=self.context, domain_id=DOMAIN)
        self.node = Node('bench', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        layout = robot.low_state_layout()
        self._state, self._command = JointStateCodec(layout.names), JointStateCodec(layout.joint_names)
        self._states = PolledSubscription(self.node, JointState, 'low_state', RELIABLE)
        self._commands = self.node.create_publisher(JointState, 'joint_commands', RELIABLE)
        limit = np.array([robot.effort_limit_of(n) for n in layout.joint_names])
        self._stiffness, self._damping = 12 * limit, 0.15 * limit
        self._stiffness[31:] = self._damping[31:] = 0
        self._target: np.ndarray | None = None
        self.repeats = False        # sends every command again after the one that follows it
        self.stamps: list[int] = []
        self.heard: dict[str, list] = {}

    def listen(self, kind: type, topic: str) -> None:
        self.heard[topic] = []
        self.node.create_subscription(kind, topic, self.heard[topic].append, 10)

    def answer(self, timeout: float = 0.02) -> bool:
        """Answer one state; whether there was one."""
        message = self._states.wait(timeout)
        if message is None:
            return False
        stamp, position, velocity, _ = self._state.unpack(message)
        joints = slice(0, len(self._command.names))
        if self._target is None:
            self._target = position[joints].copy()
        self._command.position[:] = self._target
        self._command.effort[:] = self._stiffness * (self._target - position[joints]) - self._damping * velocity[joints]
        if self.repeats:
            self._commands.publish(self._command.pack(stamp - 2 * STEP))
        self._commands.publish(self._command.pack(stamp))
        self.stamps.append(stamp)
        return True

    def until(self, predicate: Callable[[], object], what: str, timeout: float = 60.0, control: bool = True) -> None:
        end = time.monotonic() + timeout
        while not predicate():
            if time.monotonic() > end:
                pytest.fail(f'{what}: not within {timeout} s; {len(self.stamps)} states answered, heard '
                            f'{ {t: len(m) for t, m in self.heard.items()} }')
            if control:
                for _ in range(20):
                    self.answer()
            self.executor.spin_once(timeout_sec=0.0 if control else 0.02)

    def run(self, ticks: int) -> None:
        goal = len(self.stamps) + ticks
        self.until(lambda: len(self.stamps) >= goal, f'{ticks} more ticks')

    def call(self, kind: type, name: str, request: object, control: bool = True):
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready, f'service {name}', control=control)
        future = client.call_async(request)
        self.until(future.done, f'answer of {name}', control=control)
        return future.result()

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def bench(robot: RobotModel):
    bench = Bench(robot)
    yield bench
    bench.close()


@pytest.fixture
def simulator():
    processes = []

    def launch(**parameters: object) -> subprocess.Popen:
        processes.append(start('simulator', **parameters))
        return processes[-1]
    yield launch
    for process in processes:
        finish(process)


def test_lock_step_waits_for_the_first_command_and_skips_no_tick(bench: Bench, simulator):
    process = simulator(seed=3)
    bench.listen(Clock, '/clock')
    bench.until(lambda: len(bench.heard['/clock']) > 5, 'clock before the first command', control=False)
    times = {(m.clock.sec, m.clock.nanosec) for m in bench.heard['/clock']}
    assert len(times) == 1                      # time stands still
    bench.run(1000)
    steps = np.diff(np.unique(bench.stamps))
    assert set(steps) == {2_000_000}
    code, output = finish(process)
    assert code == 0, output
    assert 'waiting for the first joint_commands' in output and 'Traceback' not in output


def test_commands_that_come_after_newer_ones_are_left_out_and_told(bench: Bench, simulator):
    simulator(seed=3)
    bench.listen(DiagnosticArray, 'diagnostics')
    bench.repeats = True

    def told() -> bool:
        return any(status.level == DiagnosticStatus.WARN and 'joint_commands came after newer ones' in status.message
                   for message in bench.heard['diagnostics'] for status in message.status)
    bench.until(told, 'a warning')
    assert set(np.diff(np.unique(bench.stamps))) == {STEP}


def test_a_world_that_waits_for_somebody_goes_on_telling_the_time(bench: Bench, simulator):
    simulator(seed=3)
    eyes = bench.node.create_publisher(Header, 'detections/frame', 20)
    bench.listen(Clock, 'clock')
    bench.until(lambda: len(bench.stamps) > 10 and eyes.get_subscription_count(), 'ticks and a world that listens')
    looked_at = bench.stamps[-1]
    eyes.publish(Header(frame_id='eyes', stamp=Time(nanoseconds=looked_at).to_msg()))
    clocks = bench.heard['clock']
    # three equal ones: half a second apart, and the world stands still for five
    bench.until(lambda: len(clocks) > 3 and clocks[-1] == clocks[-2] == clocks[-3], 'a clock that is repeated')
    lag = Time.from_msg(clocks[-1].clock).nanoseconds - looked_at
    assert 0.5e9 <= lag < 0.6e9, 'it does not stand still where the patience with perception ends'


def test_an_operator_can_pause_step_push_reset_and_fetch_the_next_part(bench: Bench, simulator):
    simulator(seed=1, steps=5)
    bench.listen(String, 'simulation/score')
    bench.run(100)
    assert not bench.call(Trigger, 'simulation/step', Trigger.Request()).success     # not paused yet
    assert bench.call(SetBool, 'simulation/pause', SetBool.Request(data=True)).success
    bench.until(lambda: not bench.answer(0.3), 'rest')
    before = bench.stamps[-1]
    assert bench.call(Trigger, 'simulation/step', Trigger.Request()).success
    bench.until(lambda: not bench.answer(0.3), 'rest')
    assert bench.stamps[-1] - before == 5 * 2_000_000
    assert bench.call(SetBool, 'simulation/pause', SetBool.Request(data=False)).success

    pushes = bench.node.create_publisher(WrenchStamped, 'simulation/push', 10)
    bench.until(lambda: pushes.get_subscription_count() > 0, 'subscription to simulation/push')
    push = WrenchStamped()
    push.header.frame_id = 'torso'
    push.wrench.force.x = -400.0
    pushes.publish(push)
    bench.until(lambda: any(json.loads(m.data).get('fallen') for m in bench.heard['simulation/score']), 'fall after the push')
    assert bench.call(Trigger, 'simulation/reset', Trigger.Request()).success
    bench.heard['simulation/score'].clear()
    bench.until(lambda: bench.heard['simulation/score'], 'score after the reset')
    state = json.loads(bench.heard['simulation/score'][-1].data)
    assert not state['fallen'] and state['falls'] == 1 and 0.7 < state['pelvis_height'] < 0.95

    bench.heard['simulation/score'].clear()
    answer = bench.call(Trigger, 'line/next_part', Trigger.Request())
    assert answer.success, answer.message
    bench.until(lambda: any('cycle' in m.data for m in bench.heard['simulation/score']), 'score of the cycle')
    score = next(json.loads(m.data) for m in bench.heard['simulation/score'] if 'cycle' in m.data)
    assert score['cycle'] == 1 and score['left'] is False and score['left_detail']['nut'] is None and 'time' in score


def test_the_hoist_lifts_only_a_robot_whose_power_the_supervisor_has_taken(bench: Bench, simulator):
    simulator(seed=1)
    bench.run(10)
    heartbeat = bench.node.create_publisher(UInt8, 'safety/heartbeat', 1)
    bench.until(heartbeat.get_subscription_count, 'the simulator')

    def hoist(category: StopCategory) -> Trigger.Response:
        heartbeat.publish(UInt8(data=int(category)))
        return bench.call(Trigger, 'simulation/hoist', Trigger.Request())

    bench.until(lambda: not hoist(StopCategory.NONE).success, 'a refusal')
    assert 'has power' in hoist(StopCategory.CONTROLLED_SIT).message
    bench.until(lambda: hoist(StopCategory.POWER_OFF).success, 'a robot in the hoist')


def test_a_lost_controller_is_counted_and_the_robot_keeps_standing(bench: Bench, simulator):
    process = simulator(seed=1, command_timeout=0.05, lost_after=3)
    bench.listen(String, 'simulation/score')
    bench.run(200)
    last = bench.stamps[-1] * 1e-9

    def newest() -> dict:
        return json.loads(bench.heard['simulation/score'][-1].data) if bench.heard['simulation/score'] else {'time': 0}

    bench.until(lambda: newest()['time'] > last + 1.0, 'time going on without a controller', control=False)
    assert newest()['misses'] >= 3 and not newest()['fallen'] and newest()['falls'] == 0
    bench.run(50)
    code, output = finish(process)
    assert code == 0 and 'not answered on joint_commands' in output and 'are back' in output


def test_an_unknown_body_in_a_push_and_a_command_with_nan_are_named_in_the_log(bench: Bench, simulator):
    process = simulator(seed=1, command_timeout=0.05)
    bench.run(50)
    pushes = bench.node.create_publisher(WrenchStamped, 'simulation/push', 10)
    bench.until(lambda: pushes.get_subscription_count() > 0, 'subscription to simulation/push')
    push = WrenchStamped()
    push.header.frame_id = 'l_tentacle'
    pushes.publish(push)
    bench.run(300)
    bench._target = bench._target.copy()
    bench._target[2] = np.nan
    for _ in range(5):
        bench.answer(0.2)
    code, output = finish(process, signal.SIGTERM)
    assert code == 0, output
    assert "push refused: body 'l_tentacle' is not in the world" in output
    assert 'joint_commands refused' in output and 'finite' in output and 'Traceback' not in output


def test_free_running_keeps_wall_time(bench: Bench, simulator):
    simulator(seed=1, realtime=True)
    bench.listen(String, 'simulation/score')
    bench.until(lambda: len(bench.heard['simulation/score']) >= 4, 'scores')
    factors = [json.loads(m.data)['real_time_factor'] for m in bench.heard['simulation/score']]
    assert 0.3 < factors[-1] < 1.1
    assert len(bench.stamps) > 100


@pytest.mark.parametrize(('parameters', 'words'), [
    ({'frction': 0.5}, "'frction' of node 'simulator' is unknown"),
    ({'friction': -2.0}, 'friction must lie in'),
    ({'station_file': '/nowhere/station.yaml'}, '/nowhere/station.yaml: cannot be read')])
def test_bad_parameters_end_the_node_with_their_name(parameters: dict, words: str):
    process = start('simulator', **parameters)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert words in output and 'Traceback' not in output


def test_a_missing_urdf_is_named(tmp_path):
    from humanoid_control.model.robot_description import share_path
    text = share_path('config', 'robots', 'humanoid.yaml').read_text(encoding='utf-8')
    path = tmp_path / 'robot.yaml'
    path.write_text(text.replace('urdf: urdf/humanoid.urdf.xacro', 'urdf: urdf/nobody.urdf'), encoding='utf-8')
    process = start('simulator', robot_file=path)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1 and 'nobody.urdf' in output and 'Traceback' not in output


def test_the_camera_draws_what_is_subscribed_and_can_be_covered(bench: Bench, simulator, robot: RobotModel):
    simulator(seed=1)
    camera = start('camera', seed=1)
    try:
        for kind, topic in ((Image, 'head_camera/color/image_raw'), (Image, 'head_camera/depth/image_raw'),
                            (CameraInfo, 'head_camera/color/camera_info')):
            bench.listen(kind, topic)
        images = bench.heard['head_camera/color/image_raw']
        bench.until(lambda: len(images) > 3 and bench.heard['head_camera/depth/image_raw'], 'pictures')
        image, info = images[-1], bench.heard['head_camera/color/camera_info'][-1]
        assert (image.height, image.width, image.encoding) == (480, 640, 'rgb8')
        assert image.header.frame_id == info.header.frame_id == 'head_camera_optical_frame'
        stamps = [m.header.stamp.sec + 1e-9 * m.header.stamp.nanosec for m in images]
        assert min(np.diff(stamps)) > 0.199
        assert np.asarray(image.data).std() > 5
        assert info.k[0] == pytest.approx(240 / np.tan(robot.configuration.cameras['head_camera'].vertical_fov / 2))
        assert bench.call(SetBool, 'camera/cover', SetBool.Request(data=True)).success
        images.clear()
        bench.until(lambda: len(images) > 1, 'pictures with the lens covered')
        assert not np.asarray(images[-1].data).any()
    finally:
        code, output = finish(camera)
    assert code == 0 and 'Traceback' not in output, output
