# SPDX-License-Identifier: Apache-2.0
"""Speed of the stand-in: physics alone, the node with a controller that only answers, and the cameras.

python -m bench.simulation_speed
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mujoco
import numpy as np
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.simulated_cameras import SimulatedCameras
from humanoid_control.simulation.stand_in import StandIn

RESULTS = Path(__file__).parent / 'results' / 'simulation.json'
DOMAIN = 38
RELIABLE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)


def in_process(robot: RobotModel, seconds: float) -> dict[str, float]:
    """CPU time [us] of MuJoCo's two steps alone and of a whole tick of the stand-in, robot holding its posture."""
    stand_in = StandIn(1, robot=robot)
    ticks = round(seconds / 0.002)
    start = time.process_time()
    for _ in range(ticks):
        mujoco.mj_step(stand_in.world.model, stand_in.world.data, 2)
    physics = time.process_time() - start
    size = len(stand_in.layout.joint_names)
    position, zero = stand_in.low_state()[0][:size].copy(), np.zeros(size)
    stiffness = 12 * np.array([robot.effort_limit_of(n) for n in stand_in.layout.joint_names])
    start = time.process_time()
    for _ in range(ticks):
        measured, velocity, _ = stand_in.low_state()
        stand_in.apply(position, zero, stiffness * (position - measured[:size] - 0.0125 * velocity[:size]))
        stand_in.step()
    whole = time.process_time() - start
    return {'physics_us_per_tick': 1e6 * physics / ticks, 'physics_steps_per_s': 2 * ticks / physics,
            'stand_in_us_per_tick': 1e6 * whole / ticks}


def node(robot: RobotModel, seconds: float) -> dict[str, float]:
    """Ticks a second of the node in lock-step with a controller in this process that answers at once."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    process = subprocess.Popen([sys.executable, '-m', 'humanoid_control.simulation.simulator_node'], env=environment)
    context = Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    controller = Node('answer', context=context)
    try:
        layout = robot.low_state_layout()
        state, command = JointStateCodec(layout.names), JointStateCodec(layout.joint_names)
        states = PolledSubscription(controller, JointState, 'low_state', RELIABLE)
        commands = controller.create_publisher(JointState, 'joint_commands', RELIABLE)
        stiffness = 12 * np.array([robot.effort_limit_of(n) for n in layout.joint_names])
        stiffness[-2:] = 0
        target: np.ndarray | None = None
        ticks, begin, simulator = 0, 0.0, 0.0
        while ticks < 1000 or time.monotonic() - begin < seconds:
            message = states.wait(1.0)
            if message is None:
                continue
            stamp, position, velocity, _ = state.unpack(message)
            joints = slice(0, len(command.names))
            target = position[joints].copy() if target is None else target
            command.position[:] = target
            command.effort[:] = stiffness * (target - position[joints] - 0.0125 * velocity[joints])
            commands.publish(command.pack(stamp))
            ticks += 1
            if ticks == 1000:
                begin, simulator = time.monotonic(), _cpu_time(process.pid)
        wall = time.monotonic() - begin
        return {'ticks_per_s': (ticks - 1000) / wall, 'real_time_factor': (ticks - 1000) / wall / 500,
                'simulator_cpu_us_per_tick': 1e6 * (_cpu_time(process.pid) - simulator) / (ticks - 1000)}
    finally:
        controller.destroy_node()
        rclpy.shutdown(context=context)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def cameras(robot: RobotModel, pictures: int) -> dict[str, float]:
    """CPU time [ms] of one look of each camera, with noise."""
    stand_in = StandIn(1, robot=robot)
    simulated = SimulatedCameras(stand_in.world, CameraConfiguration.load(), 1.0)
    snapshot = np.zeros(stand_in.world.snapshot_size)
    stand_in.world.snapshot(snapshot)
    result = {}
    for name in simulated.cameras:
        simulated.look(snapshot, [name])
        start = time.process_time()
        for _ in range(pictures):
            simulated.look(snapshot, [name])
        result[f'{name}_ms'] = 1e3 * (time.process_time() - start) / pictures
    simulated.close()
    return result


def _cpu_time(pid: int) -> float:
    """User and system time [s] of a process."""
    fields = Path(f'/proc/{pid}/stat').read_text(encoding='ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=5.0, help='length of each measurement')
    arguments = parser.parse_args()
    robot = RobotModel.default()
    figures = {'in_process': in_process(robot, arguments.seconds), 'node': node(robot, arguments.seconds),
               'cameras': cameras(robot, 20)}
    for part, values in figures.items():
        for name, value in values.items():
            print(f'{part:12s} {name:28s} {value:10.1f}')
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
