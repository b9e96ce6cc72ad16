# SPDX-License-Identifier: Apache-2.0
"""The road on top of a ROS 2 installation."""
from __future__ import annotations

import os
import shutil

from commands import run
from errors import SetUpError
from own_packages import PACKAGE_SOURCES, build_native_in_place
from progress import Progress
from stamps import Stamp, digest
from virtual_environment import VirtualEnvironment

# What rosdep brings: module -> its name in package.xml.
ROSDEP_MODULES = {'cv2': 'python3-opencv', 'launch_ros': 'launch_ros', 'numpy': 'python3-numpy',
                  'pinocchio': 'pinocchio', 'py_trees': 'py_trees', 'rclpy': 'rclpy', 'tf2_msgs': 'tf2_msgs',
                  'vision_msgs': 'vision_msgs', 'xacro': 'xacro', 'yaml': 'python3-yaml'}


def ros_is_sourced() -> bool:
    """True if a ROS 2 installation is sourced in the calling shell."""
    return bool(os.environ.get('ROS_DISTRO')) and shutil.which('ros2') is not None


def require_rosdep_packages(environment: VirtualEnvironment) -> None:
    """Raises SetUpError with the command to run if something that rosdep or apt brings is missing."""
    missing = sorted(name for module, name in ROSDEP_MODULES.items() if not environment.imports(module))
    if missing:
        raise SetUpError(f'ROS 2 {os.environ["ROS_DISTRO"]} is sourced, but lacks: {", ".join(missing)}. Run:\n'
                         f'  rosdep install --from-paths {environment.root} --ignore-src -y')
    if shutil.which('colcon') is None:
        raise SetUpError('colcon is missing. Run:\n  sudo apt-get install python3-colcon-common-extensions')


def build_colcon_workspace(environment: VirtualEnvironment, progress: Progress) -> None:
    """Builds the package with colcon on top of the sourced ROS 2, into .setup/colcon."""
    root = environment.root
    build_native_in_place(environment, progress)
    stamp = Stamp(environment.state / 'colcon', digest([root / name for name in PACKAGE_SOURCES]))
    if stamp.is_current():
        return
    progress.step('colcon build')
    workspace = root / '.setup' / 'colcon'
    run(['colcon', '--log-base', str(workspace / 'log'), 'build', '--base-paths', str(root),
         '--build-base', str(workspace / 'build'), '--install-base', str(workspace / 'install')],
        environment.logs / 'colcon.log', cwd=root)
    stamp.write()
