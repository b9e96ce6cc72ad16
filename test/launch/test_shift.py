# SPDX-License-Identifier: Apache-2.0
"""shift.launch.py from the command line: exit codes, reports and named reasons."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROS2 = Path(sys.executable).with_name('ros2')
CYCLE_LIMIT = 400      # [s] of real time for a shift of one cycle on two slow cores


def ros2(*arguments: str) -> list[str]:
    """Command line of the ros2 beside this Python, else of the one on the path."""
    return [str(ROS2) if ROS2.exists() else 'ros2', *arguments]


def shift(*arguments: str) -> subprocess.Popen:
    """Start a shift in a process group of its own, so that an interrupt reaches all of it as in a terminal."""
    return subprocess.Popen(ros2('launch', 'humanoid_assembly', 'shift.launch.py', *arguments), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def finish(process: subprocess.Popen, limit: float) -> str:
    """Wait for the end and return what was printed; a hanging launch is interrupted, then killed."""
    try:
        return process.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        try:
            output = process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0]
        pytest.fail(f'the launch did not end within {limit} s; it printed:\n{output[-4000:]}')


def wait_for_output(process: subprocess.Popen, text: str, limit: float) -> str:
    """Read lines until one holds a text."""
    end, seen = time.monotonic() + limit, []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return ''.join(seen)
        if time.monotonic() > end:
            break
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    pytest.fail(f'{text!r} was not printed within {limit} s; seen:\n{"".join(seen)[-4000:]}')


@pytest.mark.timeout(CYCLE_LIMIT + 60)
def test_a_shift_of_one_cycle_seats_both_nuts_reports_it_and_keeps_it(tmp_path):
    process = shift('cycles:=1', 'seed:=7', f'report:={tmp_path}/r.json', f'record:={tmp_path}/runs')
    output = finish(process, CYCLE_LIMIT)
    assert process.returncode == 0, output[-4000:]
    report = json.loads((tmp_path / 'r.json').read_text())
    cycle, = report['cycles']
    assert (cycle['left'], cycle['right']) == (True, True), output[-4000:]
    assert cycle['judged_by'] == 'ground truth'
    assert cycle['believed'] == {'left': True, 'right': True}
    assert cycle['failure'] is None
    assert cycle['time_s'] <= 76.0            # takt of the published station
    assert (report['falls'], report['bumps'], report['seed']) == (0, 0, 7) and report['versions']
    page = (tmp_path / 'r.html').read_text()
    assert page.count('data:image/png;base64,') == 2

    run, = (tmp_path / 'runs').iterdir()
    assert json.loads((run / 'report.json').read_text()) == report
    assert json.loads((run / 'run.json').read_text())['arguments']['seed'] == '7'
    subprocess.run(ros2('run', 'humanoid_assembly', 'episodes', 'export', '--output', f'{tmp_path}/data', str(run)), check=True)
    exported = json.loads((tmp_path / 'data' / 'meta' / 'info.json').read_text())
    assert exported['total_episodes'] == 1
    assert exported['total_frames'] / exported['fps'] == pytest.approx(cycle['time_s'], abs=2.0)
    assert 'observation.images.head_camera' in exported['features']


@pytest.mark.timeout(2 * CYCLE_LIMIT)
def test_the_same_cycle_is_done_over_buses_with_emulated_motors(tmp_path):
    process = shift('robot:=emulated', 'cycles:=1', 'seed:=7', 'record:=false', f'report:={tmp_path}/r.json')
    output = finish(process, 1.5 * CYCLE_LIMIT)
    assert process.returncode == 0, output[-4000:]
    report = json.loads((tmp_path / 'r.json').read_text())
    cycle, = report['cycles']
    assert (cycle['left'], cycle['right'], cycle['judged_by']) == (True, True, 'ground truth'), output[-4000:]
    assert (report['falls'], report['aborted']) == (0, None)


@pytest.mark.timeout(3 * CYCLE_LIMIT)
def test_nuts_are_carried_to_a_station_three_metres_away_on_foot(tmp_path):
    process = shift('layout:=two_stations', 'cycles:=1', 'seed:=7', 'record:=false', f'report:={tmp_path}/r.json')
    output = finish(process, 2.5 * CYCLE_LIMIT)
    assert process.returncode == 0, output[-4000:]
    report = json.loads((tmp_path / 'r.json').read_text())
    cycle, = report['cycles']
    assert (cycle['left'], cycle['right'], cycle['judged_by']) == (True, True, 'ground truth'), output[-4000:]
    there_and_back = [walk['to'] for walk in cycle['walks']]       # twice when a nut had to be fetched anew
    assert there_and_back in (['nut_fixture', 'nut_feeder'], 2 * ['nut_fixture', 'nut_feeder'])
    for walk in cycle['walks']:
        assert walk['failure'] is None and walk['way_m'] > 2.5
        assert walk['off_mm'] < 150        # 5 % of the way
    assert (report['falls'], report['bumps'], report['aborted']) == (0, 0, None)


@pytest.mark.timeout(CYCLE_LIMIT + 60)
def test_an_empty_tray_is_reported_by_name_and_the_shift_still_finishes(tmp_path):
    process = shift('cycles:=1', 'seed:=2', 'nuts_per_tray:=0', f'report:={tmp_path}/r.json')
    output = finish(process, CYCLE_LIMIT)
    assert process.returncode == 0, output[-4000:]
    report = json.loads((tmp_path / 'r.json').read_text())
    cycle, = report['cycles']
    assert (cycle['left'], cycle['right']) == (False, False)
    assert set(cycle['failure']) == {'left', 'right'}
    assert all(reason.startswith('tray_empty') for reason in cycle['failure'].values()), cycle['failure']
    assert 'refill the feeder tray' in output
    assert report['falls'] == 0


@pytest.mark.parametrize('robot', ['sim', 'emulated'])
@pytest.mark.timeout(180)
def test_ctrl_c_ends_every_process_with_exit_code_0(robot):
    process = shift(f'robot:={robot}', 'cycles:=1', 'seed:=1')
    wait_for_output(process, 'cycle 1/1', 120)
    os.killpg(process.pid, signal.SIGINT)
    output = finish(process, 30)
    assert process.returncode == 0, output[-4000:]
    assert 'Traceback' not in output


@pytest.mark.parametrize(('argument', 'words'), [
    ('cycles:=0', 'cycles'), ('record:=False', 'record'), ('cycles:=many', 'cycles'), ('noise:=-1', 'noise'), ('robot:=ghost', 'robot'),
    ('readonly:=true', 'needs robot:=real'), ('friction:=nan', 'friction'), ('headless:=maybe', 'headless'), ('layout:=moon', 'layout'),
])
@pytest.mark.timeout(60)
def test_a_wrong_argument_is_refused_by_name(argument, words):
    process = shift(argument)
    output = finish(process, 40)
    assert process.returncode != 0
    assert words in output and argument.split(':=')[1] in output


@pytest.mark.timeout(60)
def test_every_argument_is_described():
    output = subprocess.run(ros2('launch', 'humanoid_assembly', 'shift.launch.py', '--show-args'), text=True, check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=40).stdout
    for name in ('robot', 'readonly', 'cycles', 'seed', 'headless', 'realtime', 'noise', 'friction', 'mass_scale', 'delay_ms', 'report', 'record', 'namespace'):
        assert f"'{name}'" in output
    assert 'no description given' not in output


@pytest.mark.timeout(90)
def test_a_missing_can_interface_is_named_and_what_to_do():
    process = shift('robot:=real', 'cycles:=1')
    output = finish(process, 80)
    assert process.returncode == 1, output[-4000:]
    assert "there is no network interface 'can0'" in output
    assert 'ip link set can0 up type can bitrate 1000000' in output
