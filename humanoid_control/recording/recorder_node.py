# SPDX-License-Identifier: Apache-2.0
"""ROS node that records a run."""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from humanoid_control.doctor import TopicTable
from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import ConfigurationError, share_path
from humanoid_control.model.versions import installed_versions
from humanoid_control.recording.bag import Bag, BagLimits
from humanoid_control.recording.recorded_topics_node import RecordedTopics
from humanoid_control.recording.recording import MEGABYTE, Recording
from humanoid_control.recording.run_folder import RunFolder, new_run_folder
from humanoid_control.recording.settings import RecordingSettings

NICENESS = 10  # recording waits while the robot's own nodes need the processor; messages wait, too
FILES = ('robot_file', 'station_file', 'layout_file')


class RecorderNode(ProcessNode, Node):
    """Reads the topics a few times a second and hands them to a Recording."""

    def __init__(self) -> None:
        super().__init__('recorder')
        settings = RecordingSettings.load(
            self._text('recording_file', str(share_path('config', 'recording.yaml')), 'what is recorded')
        )
        folder = self._text('run_folder', '', 'folder of this run, made here; empty: a new one in the usual place')
        arguments = self._text('arguments', '{}', 'launch arguments, JSON; kept in run.json')
        files = {name: self._text(name, '', 'configuration kept with the run') for name in FILES}
        self._run = RunFolder(Path(folder) if folder else new_run_folder('true', None))
        self._run.create(_facts(arguments), {name: Path(file) for name, file in files.items() if file})
        for run in self._run.remove_old_bags(int(settings.max_total * MEGABYTE)):
            self.get_logger().info(f'bag of {run} removed: all bags together passed {settings.max_total:.0f} MB')
        limits = BagLimits(
            int(settings.max_size * MEGABYTE), int(settings.max_duration * 1e9), int(settings.chunk * MEGABYTE)
        )
        self._recording = Recording(
            Bag(self._run.bag, limits), int(settings.min_free * MEGABYTE), settings.retry_period
        )
        self._topics = RecordedTopics(self, TopicTable.load(), settings)
        self._diagnostics = Diagnostics(self, 'bag', platform.node())
        self._shown = ''
        self._checks = round(settings.flush_period / REPORT_PERIOD) or 1
        self._seconds = 0
        # real time on purpose: simulated time may stand still, and the disk does not wait for it
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(settings.poll_period, self._read, clock=steady)
        self.create_timer(REPORT_PERIOD, self._check, clock=steady)
        self.get_logger().info(f'recording this run to {self._run.path}')

    def close(self) -> None:
        """Write what is left and finish the bag."""
        self._read()
        self._recording.close()
        self._tell()

    def _text(self, name: str, default: str, description: str) -> str:
        descriptor = ParameterDescriptor(description=description, read_only=True)
        return self.declare_parameter(name, default, descriptor).get_parameter_value().string_value

    def _read(self) -> None:
        self._recording.write(self._topics.read())

    def _check(self) -> None:
        self._seconds += 1
        if self._seconds % self._checks == 0:
            self._recording.check()
        self._tell()
        recording, bag = self._recording, self._recording.bag
        problem = recording.problem or self._topics.problem
        values = {
            'folder': self._run.path,
            'size [MB]': f'{bag.size / MEGABYTE:.1f}',
            'messages': bag.counts.total(),
            'messages lost': recording.lost,
            'files dropped': bag.dropped,
        }
        # never an error: the robot does not need its recording
        level = DiagnosticStatus.WARN if problem else DiagnosticStatus.OK
        self._diagnostics.publish(level, problem or 'recording', values)

    def _tell(self) -> None:
        problem = self._recording.problem or self._topics.problem
        if problem != self._shown:
            self._shown = problem
            if problem:
                self.get_logger().warning(problem)
            else:
                self.get_logger().info(f'recording goes on in {self._run.path}')


def _facts(arguments: str) -> dict:
    try:
        parsed = json.loads(arguments)
    except ValueError as error:
        raise ConfigurationError(f'parameter arguments: expected JSON, got {arguments!r}') from error
    return {
        'started': datetime.datetime.now().astimezone().isoformat(timespec='seconds'),
        'arguments': parsed,
        'versions': installed_versions(),
    }


def main() -> int:
    """Record until Ctrl-C; 1 when the run's folder cannot be made."""
    os.nice(NICENESS)
    return run_process('recorder', RecorderNode)


if __name__ == '__main__':
    sys.exit(main())
