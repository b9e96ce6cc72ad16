# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for the ROS 2 tools that PyPI lacks."""
from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ENVIRONMENT = 'ros2_pip.pth'


class BuildWithEnvironment(build_py):
    """Puts the .pth file beside the packages, where Python reads it at its start."""

    def run(self) -> None:
        super().run()
        self.copy_file(ENVIRONMENT, str(Path(self.build_lib) / ENVIRONMENT))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), str(Path(self.build_lib) / ENVIRONMENT)]


setup(
    name='humanoid-assembly-ros2-pip',
    version='0.1.0',
    description='Subset of launch, launch_ros, launch_testing, ros2cli and robot_state_publisher on rclpy wheels.',
    license='Apache-2.0',
    packages=find_packages(include=['launch*', 'launch_ros*', 'launch_testing*', 'robot_state_publisher*',
                                    'ros2_pip*']),
    cmdclass={'build_py': BuildWithEnvironment},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/robot_state_publisher']),
        ('share/robot_state_publisher', ['share/robot_state_publisher/package.xml']),
        ('lib/robot_state_publisher', ['scripts/robot_state_publisher']),
    ],
    entry_points={
        'console_scripts': ['ros2 = ros2_pip.cli.main:main'],
        'pytest11': ['launch_testing = launch_testing.pytest.hooks'],
    },
    python_requires='>=3.11',
    zip_safe=False,
)
