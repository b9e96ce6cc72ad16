# SPDX-License-Identifier: Apache-2.0
"""view.launch.py: the page comes up where rviz2 is not, and wrong arguments are refused by name."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import urllib.request

import pytest


def launch(*arguments: str) -> subprocess.Popen:
    program = shutil.which('ros2')
    assert program, 'no ros2 command: run `make setup`'
    return subprocess.Popen(
        [program, 'launch', 'humanoid_assembly', 'view.launch.py', *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_page_is_served_and_ends_with_ctrl_c():
    process = launch('rviz:=false', 'web:=true', 'port:=0')
    address = None
    for line in process.stdout:
        if found := re.search(r'in the browser: (\S+)', line):
            address = found.group(1)
            break
    assert address, 'the view did not come up'
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert b'<html' in answer.read()[:2000].lower()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.mark.parametrize(('argument', 'named'), [('web:=perhaps', 'web'), ('port:=100000', 'port')])
def test_wrong_arguments_are_refused_by_name(argument, named):
    process = launch('rviz:=false', argument)
    output, _ = process.communicate(timeout=30)
    assert process.returncode != 0 and named in output
