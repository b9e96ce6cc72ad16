# SPDX-License-Identifier: Apache-2.0
"""ros2 node, topic, service, param, lifecycle, pkg and run, with a talker running."""
from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from ros2_pip.cli.main import main

EXECUTABLES = Path(__file__).resolve().parent / 'toy_prefix' / 'lib' / 'toy_package'
Command = Callable[..., SimpleNamespace]


def running(executable: str, first_line: str) -> Iterator[subprocess.Popen]:
    """A running executable of toy_package that has said its first line."""
    process = subprocess.Popen([str(EXECUTABLES / executable)], stdout=subprocess.PIPE, text=True)
    assert first_line in process.stdout.readline()
    yield process
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


@pytest.fixture(scope='module')
def talker() -> Iterator[subprocess.Popen]:
    """A running talker."""
    yield from running('talker', '/talker on /chatter')


@pytest.fixture(scope='module')
def lifecycle_talker() -> Iterator[subprocess.Popen]:
    """A running lifecycle node."""
    yield from running('lifecycle_talker', 'unconfigured')


@pytest.fixture
def ros2(toy_environment: dict[str, str], capsys: pytest.CaptureFixture) -> Command:
    """Runs the ros2 command in this process."""
    def run(*words: str) -> SimpleNamespace:
        capsys.readouterr()
        returncode = main(list(words))
        output = capsys.readouterr()
        return SimpleNamespace(returncode=returncode, stdout=output.out, stderr=output.err)

    return run


def test_pkg_finds_packages(ros2: Command):
    assert 'toy_package\n' in ros2('pkg', 'list').stdout
    assert ros2('pkg', 'prefix', 'toy_package').stdout.strip().endswith('toy_prefix')
    assert 'toy_package talker' in ros2('pkg', 'executables', 'toy_package').stdout
    missing = ros2('pkg', 'prefix', 'absent')
    assert (missing.returncode, missing.stderr) == (1, "Package 'absent' not found\n")


def test_run_names_the_executables_that_exist(ros2: Command):
    result = ros2('run', 'toy_package', 'singer')
    assert result.returncode == 1
    expected = "No executable 'singer' in package 'toy_package', it has: lifecycle_talker, stubborn, talker"
    assert expected in result.stderr


def test_run_passes_signals_and_exit_status(start_ros2):
    process = start_ros2('run', 'toy_package', 'stubborn')
    assert process.stdout.readline() == 'stubborn is up\n'
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGTERM


def test_nodes_and_topics_are_listed_and_described(ros2: Command, talker):
    assert ros2('node', 'list', '--spin-time', '2').stdout == '/talker\n'
    info = ros2('node', 'info', 'talker').stdout
    assert '/chatter: std_msgs/msg/String' in info and '/echo: std_srvs/srv/SetBool' in info
    assert '/chatter [std_msgs/msg/String]' in ros2('topic', 'list', '-t', '--spin-time', '2').stdout
    assert 'Type: std_msgs/msg/String\n\nPublisher count: 1\nSubscription count: 0' in ros2(
        'topic', 'info', '/chatter').stdout
    missing = ros2('node', 'info', '/absent', '--spin-time', '0.5')
    assert missing.returncode == 1
    assert "Node '/absent' not found, there are: " in missing.stderr


def test_messages_are_shown_whole_or_in_part(ros2: Command, talker):
    assert ros2('topic', 'echo', '--once', '/chatter').stdout == 'data: hello\n---\n'
    assert ros2('topic', 'echo', '--once', '--field', 'data', 'chatter', 'std_msgs/msg/String').stdout == 'hello\n---\n'
    silent = ros2('topic', 'echo', '--timeout', '0.5', '/silence', 'std_msgs/msg/String')
    assert (silent.returncode, silent.stderr) == (1, "no message on '/silence' for 0.5 s\n")


def test_rate_is_measured(start_ros2, talker):
    rate = start_ros2('topic', 'hz', '/chatter')
    for line in rate.stdout:
        if line.startswith('average rate'):
            assert 5.0 < float(line.split()[2]) < 15.0
            return
    raise AssertionError('no rate came')


def test_published_messages_arrive(ros2: Command, start_ros2):
    echo = start_ros2('topic', 'echo', '--once', '/told', 'geometry_msgs/msg/PoseStamped')
    result = ros2('topic', 'pub', '--once', '/told', 'geometry_msgs/msg/PoseStamped',
                  '{header: {frame_id: odom}, pose: {position: {x: 1}}}')
    assert result.returncode == 0
    output, _ = echo.communicate(timeout=10)
    assert 'frame_id: odom' in output and 'x: 1.0' in output


@pytest.mark.parametrize(('kind', 'values', 'message'), [
    ('std_msgs/msg/Absent', '{}', "'std_msgs/msg/Absent' is not a known msg interface"),
    ('std_msgs/msg/String', '{text: x}', "String has no field 'text', it has: data"),
    ('std_msgs/msg/String', '{data: 1}', 'String.data (string): 1 does not fit'),
    ('std_msgs/msg/String', '{data', 'malformed YAML'),
])
def test_message_that_does_not_fit_its_type_is_refused(ros2: Command, kind, values, message):
    result = ros2('topic', 'pub', '--once', '/told', kind, values)
    assert result.returncode == 1
    assert message in result.stderr


def test_services_are_listed_and_called(ros2: Command, talker):
    assert '/echo [std_srvs/srv/SetBool]' in ros2('service', 'list', '-t', '--spin-time', '2').stdout
    assert "success=True, message='echoed'" in ros2('service', 'call', '/echo', 'std_srvs/srv/SetBool',
                                                    '{data: true}').stdout
    missing = ros2('service', 'call', '--timeout', '0.5', '/absent', 'std_srvs/srv/Trigger')
    assert missing.returncode == 1
    assert "service '/absent' not available after 0.5 s" in missing.stderr


def test_parameters_are_listed_read_and_set(ros2: Command, talker):
    assert '  gain\n' in ros2('param', 'list', '/talker').stdout
    assert ros2('param', 'get', '/talker', 'text').stdout == 'String value is: hello\n'
    assert ros2('param', 'set', '/talker', 'gain', '3.5').stdout == 'Set parameter successful\n'
    assert ros2('param', 'get', '/talker', 'gain').stdout == 'Double value is: 3.5\n'
    wrong = ros2('param', 'set', '/talker', 'gain', 'much')
    assert wrong.returncode == 1 and 'Setting parameter failed' in wrong.stderr


def test_lifecycle_nodes_are_led_through_their_states(ros2: Command, lifecycle_talker):
    assert ros2('lifecycle', 'get', '/lifecycle_talker').stdout == 'unconfigured [1]\n'
    assert ros2('lifecycle', 'set', '/lifecycle_talker', 'configure').stdout == 'Transitioning successful\n'
    assert ros2('lifecycle', 'get', 'lifecycle_talker').stdout == 'inactive [2]\n'
    wrong = ros2('lifecycle', 'set', '/lifecycle_talker', 'fly')
    assert wrong.returncode == 1
    assert "transition 'fly' is not available now, available are: activate, cleanup, shutdown" in wrong.stderr
