# SPDX-License-Identifier: Apache-2.0
"""What the tests of the launch tools share."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOY = Path(__file__).resolve().parent / 'toy_prefix'


@pytest.fixture
def toy_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Variables with which toy_package is found and logs go to a folder of the test."""
    monkeypatch.setenv('AMENT_PREFIX_PATH', os.pathsep.join([str(TOY), os.environ['AMENT_PREFIX_PATH']]))
    monkeypatch.setenv('ROS_LOG_DIR', str(tmp_path / 'log'))
    return dict(os.environ)


@pytest.fixture
def ros2(toy_environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess]:
    """Runs the ros2 command to its end."""
    def run(*words: str, timeout: float = 60.0) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, '-m', 'ros2_pip.cli', *words], env=toy_environment, text=True,
                              capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False)

    return run


@pytest.fixture
def start_ros2(toy_environment: dict[str, str]) -> Callable[..., subprocess.Popen]:
    """Starts the ros2 command; it is ended after the test."""
    started: list[subprocess.Popen] = []

    def start(*words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, '-m', 'ros2_pip.cli', *words], env=toy_environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=20)
