# SPDX-License-Identifier: Apache-2.0
"""The set-up tool: what it looks for, what it says when something is missing, when it does nothing."""
from __future__ import annotations

import stat
import sys
from pathlib import Path

import apt_packages
import pytest
from commands import run
from errors import SetUpError
from progress import Progress
from sourced_ros import require_rosdep_packages, ros_is_sourced
from stamps import Stamp, digest
from virtual_environment import VirtualEnvironment, find_interpreter


def fake_program(folder: Path, name: str, script: str) -> Path:
    """An executable shell script."""
    path = folder / name
    path.write_text(f'#!/bin/sh\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_digest_follows_content_name_and_mode_and_nothing_else(tmp_path: Path):
    file = tmp_path / 'a.py'
    file.write_text('1')
    before = digest([tmp_path])
    (tmp_path / '__pycache__').mkdir()
    (tmp_path / '__pycache__' / 'a.pyc').write_text('x')
    (tmp_path / '_a.so').write_text('x')
    assert digest([tmp_path]) == before
    file.chmod(0o755)
    executable = digest([tmp_path])
    file.write_text('2')
    assert len({before, executable, digest([tmp_path]), digest([tmp_path], '3.12')}) == 4


def test_stamp_is_current_only_for_what_it_was_written_for(tmp_path: Path):
    stamp = Stamp(tmp_path / 'state' / 'step', 'one')
    assert not stamp.is_current()
    stamp.write()
    assert stamp.is_current()
    assert not Stamp(tmp_path / 'state' / 'step', 'two').is_current()


def test_failed_command_is_shown_with_the_end_of_its_output(tmp_path: Path):
    with pytest.raises(SetUpError, match=r'(?s)`sh -c echo wrong; exit 3` ended with status 3.*wrong'):
        run(['sh', '-c', 'echo wrong; exit 3'], tmp_path / 'log')
    with pytest.raises(SetUpError, match='cannot run surely_absent'):
        run(['surely_absent'], tmp_path / 'log')


def test_variables_of_another_environments_wheels_do_not_reach_commands(tmp_path: Path, monkeypatch):
    monkeypatch.setenv('_ROS_WHEELS_BOOTSTRAP_COMPLETE', '1')
    monkeypatch.setenv('LD_LIBRARY_PATH', '/elsewhere')
    run(['sh', '-c', 'echo "<$LD_LIBRARY_PATH$_ROS_WHEELS_BOOTSTRAP_COMPLETE>"'], tmp_path / 'log')
    assert (tmp_path / 'log').read_text() == '<>\n'


def test_interpreter_of_an_unsuitable_version_is_refused_with_the_cure(tmp_path: Path):
    old = fake_program(tmp_path, 'old_python', 'echo 3 9 /usr/bin/old')
    with pytest.raises(SetUpError, match=r'needs Python 3.11 to 3.13; .*old_python is 3.9.*make setup PYTHON='):
        find_interpreter(str(old))
    with pytest.raises(SetUpError, match='found no surely_absent'):
        find_interpreter('surely_absent')
    assert find_interpreter(sys.executable) == sys._base_executable


def test_sourced_ros_is_recognised(tmp_path: Path, monkeypatch):
    monkeypatch.setenv('PATH', str(tmp_path))
    monkeypatch.setenv('ROS_DISTRO', 'kilted')
    assert not ros_is_sourced()
    fake_program(tmp_path, 'ros2', 'true')
    assert ros_is_sourced()
    monkeypatch.delenv('ROS_DISTRO')
    assert not ros_is_sourced()


def test_missing_packages_without_the_right_to_install_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr(apt_packages, 'missing_apt_packages', lambda python, build_interfaces, browser: ['gcc', 'libegl1'])
    monkeypatch.setattr(apt_packages, 'sudo_prefix', lambda: None)
    monkeypatch.setattr(apt_packages.shutil, 'which', lambda name: f'/usr/bin/{name}')
    with pytest.raises(SetUpError, match='sudo apt-get update && sudo apt-get install -y --no-install-recommends '
                                         'gcc libegl1'):
        apt_packages.install_missing_apt_packages(sys.executable, Progress(), build_interfaces=True)


def test_what_is_there_under_any_name_is_not_asked_for(monkeypatch):
    monkeypatch.setattr(apt_packages.shutil, 'which', lambda name: None if name in ('gcc', 'g++') else f'/bin/{name}')
    missing = apt_packages.missing_apt_packages(sys.executable, build_interfaces=True)
    assert not {'gcc', 'g++', 'python3-venv'} & set(missing)
    monkeypatch.setattr(apt_packages.shutil, 'which', lambda name: None)
    assert {'gcc', 'libc6-dev', 'g++'} <= set(apt_packages.missing_apt_packages(sys.executable, build_interfaces=True))
    assert 'g++' not in apt_packages.missing_apt_packages(sys.executable, build_interfaces=False)


def test_environment_that_fits_is_kept_and_others_are_not(tmp_path: Path, capsys):
    def environment(python: str, *, sourced: bool) -> VirtualEnvironment:
        return VirtualEnvironment(tmp_path, python, system_site_packages=sourced)

    assert not environment(sys._base_executable, sourced=False)._fits()
    environment(sys._base_executable, sourced=False).create(Progress())
    assert environment(sys._base_executable, sourced=False)._fits()
    assert not environment(sys._base_executable, sourced=True)._fits()
    assert not environment(str(fake_program(tmp_path, 'python', 'echo "(3, 99)"')), sourced=False)._fits()


def test_what_a_sourced_ros_lacks_is_named_with_the_command(tmp_path: Path, monkeypatch):
    monkeypatch.setenv('ROS_DISTRO', 'kilted')
    environment = VirtualEnvironment(tmp_path, sys._base_executable, system_site_packages=True)
    monkeypatch.setattr(environment, 'imports', lambda module: module != 'pinocchio')
    with pytest.raises(SetUpError, match='(?s)lacks: pinocchio. Run:.*rosdep install --from-paths'):
        require_rosdep_packages(environment)
