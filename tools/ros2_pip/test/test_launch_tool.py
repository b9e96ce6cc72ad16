# SPDX-License-Identifier: Apache-2.0
"""ros2 launch: arguments, output, exit codes and the end of processes."""
from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest


def read_until(process: subprocess.Popen, text: str) -> str:
    """Output up to the line with a text; fails with the whole output if it doesn't come."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return ''.join(lines)
    raise AssertionError(f'{text!r} did not come, the output was:\n{"".join(lines)}')


def test_show_args_names_every_argument_with_description_choices_and_default(ros2):
    result = ros2('launch', 'toy_package', 'talk.launch.py', '--show-args')
    assert result.returncode == 0
    assert "    'kind':\n        how. Valid choices are: ['loud', 'quiet']\n        (default: 'loud')" in result.stdout
    assert "    'note':\n        what to log" in result.stdout  # of the included file


def run_until_it_talks(start_ros2, *arguments: str, talkers: int = 1) -> str:
    """Whole output of talk.launch.py, interrupted when the talkers talk."""
    launch = start_ros2('launch', 'toy_package', 'talk.launch.py', *arguments)
    output = ''.join(read_until(launch, 'with {') for _ in range(talkers))
    launch.send_signal(signal.SIGINT)
    rest, _ = launch.communicate(timeout=30)
    assert launch.returncode == 0
    return output + rest


def test_node_gets_namespace_name_parameters_in_order_and_remappings(start_ros2):
    output = run_until_it_talks(start_ros2, 'robot:=r1', 'second:=true', talkers=2)
    assert "/r1/speaker on /r1/said with {'text': '12', 'gain': 2.5, 'names': ['one', 'two']}" in output
    assert "/r1/second on /r1/chatter with {'text': 'hello', 'gain': 7.0, 'names': ['a']}" in output


def test_conditions_substitutions_handlers_and_included_files_work_together(start_ros2):
    output = run_until_it_talks(start_ros2, 'kind:=quiet', 'second:=true')
    for line in ('kind is quiet', 'shell says hi', '[launch.user]: quiet', 'note: included', 'the talker has started',
                 'the talker ended with', "sending signal 'SIGINT' to process[talker-1]"):
        assert line in output
    assert 'talker-2' not in output


def test_timer_shuts_the_launch_down(ros2):
    result = ros2('launch', 'toy_package', 'talk.launch.py', 'seconds:=0.5')
    assert "sending signal 'SIGINT' to process[talker-1]" in result.stdout
    assert result.returncode == 0


def test_value_outside_the_choices_is_refused_by_name(ros2):
    result = ros2('launch', 'toy_package', 'talk.launch.py', 'kind:=odd')
    assert result.returncode == 1
    assert 'Argument "kind" provided value "odd" is not valid.' in result.stdout
    assert "Valid options are: ['loud', 'quiet']" in result.stdout


@pytest.mark.parametrize(('words', 'message'), [
    (['toy_package', 'talk.launch.py', 'kind'], "malformed launch argument 'kind'"),
    (['toy_package', 'absent.launch.py'], "file 'absent.launch.py' was not found in the share directory"),
    (['absent_package', 'x.launch.py'], "Package 'absent_package' not found"),
    (['toy_package'], 'no launch file given'),
])
def test_wrong_command_line_is_explained(ros2, words, message):
    result = ros2('launch', *words)
    assert result.returncode == 1
    assert message in result.stderr


def test_missing_required_argument_is_named(ros2):
    result = ros2('launch', 'toy_package', 'note.launch.py')
    assert result.returncode == 1
    assert "missing required argument 'note'" in result.stdout


def test_exception_in_an_event_handler_ends_the_launch_with_exit_code_1(ros2):
    result = ros2('launch', 'toy_package', 'bad_handler.launch.py')
    assert result.returncode == 1
    assert 'Caught exception in launch (see debug for traceback): the handler failed' in result.stdout
    assert "sending signal 'SIGINT' to process[sleep-1]" in result.stdout


def test_termination_ends_the_nodes_too_and_the_exit_code_is_1(start_ros2):
    launch = start_ros2('launch', 'toy_package', 'talk.launch.py')
    read_until(launch, 'with {')
    launch.terminate()
    rest, _ = launch.communicate(timeout=20)
    assert launch.returncode == 1
    assert 'process has finished cleanly' in rest


def test_the_end_of_a_launch_leaves_no_files(start_ros2, toy_environment, tmp_path):
    temporary = tmp_path / 'temporary'
    temporary.mkdir()
    toy_environment['TMPDIR'] = str(temporary)
    launch = start_ros2('launch', 'toy_package', 'talk.launch.py')
    read_until(launch, 'with {')
    assert list(temporary.glob('launch_params_*'))
    launch.send_signal(signal.SIGINT)
    launch.communicate(timeout=30)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(('how', 'code', 'last'), [('little', -15, 'SIGTERM'), ('very', -9, 'SIGKILL')])
def test_process_that_ignores_signals_gets_stronger_ones(start_ros2, how, code, last):
    launch = start_ros2('launch', 'toy_package', 'stubborn.launch.py', f'how:={how}')
    read_until(launch, 'stubborn is up')
    launch.send_signal(signal.SIGINT)
    rest, _ = launch.communicate(timeout=20)
    assert f"escalating to '{last}'" in rest
    assert f'exit code {code}' in rest
    assert launch.returncode == 0


def test_lifecycle_node_is_led_through_its_transitions(ros2):
    result = ros2('launch', 'toy_package', 'lifecycle.launch.py')
    assert result.returncode == 0
    for line in ('configuring', 'is inactive', 'activating', 'is active'):
        assert line in result.stdout


def test_output_that_is_not_for_the_screen_is_in_the_log(ros2, tmp_path):
    file = tmp_path / 'quiet.launch.py'
    file.write_text('from launch import LaunchDescription\nfrom launch.actions import ExecuteProcess\n\n\n'
                    'def generate_launch_description():\n'
                    "    return LaunchDescription([ExecuteProcess(cmd=['sh', '-c', 'echo out; echo err >&2'])])\n")
    result = ros2('launch', str(file))
    assert '[sh-1] err' in result.stdout
    assert '[sh-1] out' not in result.stdout
    (log,) = Path(tmp_path / 'log').glob('*/launch.log')
    assert '[sh-1] out' in log.read_text()
    assert '[sh-1] out' in ros2('launch', '-a', str(file)).stdout
