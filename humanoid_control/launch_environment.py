# SPDX-License-Identifier: Apache-2.0
"""Environment that every process of the robot needs."""
from __future__ import annotations

import os

from launch.actions import SetEnvironmentVariable

from humanoid_control.model.robot_description import share_path


def process_environment() -> list[SetEnvironmentVariable]:
    """Launch actions that set it; what the user has set stays.

    One thread a process for linear algebra: its matrices are small, and threads would take the other nodes' cores. A
    shared-memory segment that holds images: Fast DDS's own is too small and loses them.
    """
    wanted = {'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}
    if not any(f'{name}_DEFAULT_PROFILES_FILE' in os.environ for name in ('FASTDDS', 'FASTRTPS')):
        # Jazzy reads the old name, Kilted and later warn of it
        name = 'FASTRTPS' if os.environ.get('ROS_DISTRO') == 'jazzy' else 'FASTDDS'
        wanted[f'{name}_DEFAULT_PROFILES_FILE'] = str(share_path('config', 'dds', 'shared_memory.xml'))
    return [SetEnvironmentVariable(name, value) for name, value in wanted.items() if name not in os.environ]
