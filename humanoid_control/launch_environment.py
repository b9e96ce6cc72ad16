# SPDX-License-Identifier: Apache-2.0
"""Environment that every process of the robot needs."""
from __future__ import annotations

import os

from launch.actions import SetEnvironmentVariable
from launch_ros.actions import SetRemap

from humanoid_control.model.robot_description import share_path

# absolute in rclpy's clock and in robot_state_publisher: two robots would share them
OWN_TOPICS = ('clock', 'tf', 'tf_static')


def process_environment() -> list[SetEnvironmentVariable | SetRemap]:
    """Launch actions that set it; what the user has set stays.

    Time and frames are those of the robot's own namespace, so that robots in one graph don't mix them up.

    One thread a process for linear algebra: its matrices are small, and threads would take the other nodes' cores. A
    shared-memory segment that holds images: Fast DDS's own is too small and loses them.
    """
    wanted = {'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}
    if not any(f'{name}_DEFAULT_PROFILES_FILE' in os.environ for name in ('FASTDDS', 'FASTRTPS')):
        # Jazzy reads the old name, Kilted and later warn of it
        name = 'FASTRTPS' if os.environ.get('ROS_DISTRO') == 'jazzy' else 'FASTDDS'
        wanted[f'{name}_DEFAULT_PROFILES_FILE'] = str(share_path('config', 'dds', 'shared_memory.xml'))
    return [*(SetEnvironmentVariable(name, value) for name, value in wanted.items() if name not in os.environ),
            *(SetRemap(f'/{topic}', topic) for topic in OWN_TOPICS)]
