# SPDX-License-Identifier: Apache-2.0
"""The browser view in a real browser, with a robot that is only topics."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from browser import Browser, wait_for
from fake_robot import FakeRobot

START = 60  # [s] a loaded machine may take for a node or a page
SCENE = 560  # [px] width of the scene left of the panel


class View:
    """The node as a process.

    Attributes:
        address: where its page is.
    """

    def __init__(self, *parameters: str):
        arguments = [word for parameter in parameters for word in ('-p', parameter)]
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'humanoid_control.view.view_node', '--ros-args', '-p', 'port:=0', *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(
            lambda: self.find(r'in the browser: (\S+)') or self.process.poll() is not None, START, "the view's address"
        )
        found = self.find(r'in the browser: (\S+)')
        assert found, ''.join(self.lines)
        self.address = found.group(1)

    def find(self, pattern: str) -> re.Match | None:
        """Match in what the node printed."""
        return re.search(pattern, ''.join(self.lines))

    def cpu(self) -> float:
        """Processor time used so far [s]."""
        fields = Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def end(self) -> int:
        """Exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=15)

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)


@pytest.fixture(scope='module')
def robot():
    robot = FakeRobot()
    yield robot
    robot.close()


@pytest.fixture(scope='module')
def view(robot):
    view = View()
    yield view
    if view.process.poll() is None:
        view.end()


@pytest.fixture(scope='module')
def browser(view, tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp('chromium'))
    browser.open(view.address)
    wait_for(lambda: 'Running' in browser.text(), START, 'the banner of a running robot')
    yield browser
    browser.close()


def orange(picture: np.ndarray) -> int:
    """Pixels of the robot's orange covers."""
    blue, green, red = (picture[..., i].astype(int) for i in range(3))
    return int(np.count_nonzero((red > 190) & (green > 90) & (green < 190) & (blue < 110)))


def test_the_robot_is_drawn_and_moves(browser):
    wait_for(lambda: orange(browser.screenshot()[:, :SCENE]) > 300, START, 'the robot in the scene')
    first = browser.screenshot()[:, :SCENE].astype(int)
    wait_for(
        lambda: np.count_nonzero(np.abs(browser.screenshot()[:, :SCENE] - first).max(axis=2) > 40) > 100,
        START,
        'a robot that waves its arm',
    )


def test_words_tell_how_robot_and_work_are(browser):
    text = browser.text()
    for expected in ('all is well', 'left: place', '2 of 3', '50 %', '1 min 35 s', 'pressure to edge', 'No faults'):
        assert expected in text, f'{expected!r} is not on the page: {text}'


def test_the_camera_picture_is_shown(browser):
    colours = """(() => { const x = document.createElement("canvas").getContext("2d");
        return [...document.images].filter(i => i.naturalWidth == 320).map(
            i => { x.drawImage(i, 0, 0); return [...x.getImageData(9, 9, 1, 1).data]; }); })()"""
    wait_for(
        lambda: any(red < 60 and blue > 150 for red, _, blue, _ in browser.evaluate(colours)),
        START,
        'the blue picture of the camera',
    )


def test_joints_and_messages_have_their_tabs(browser, robot):
    browser.click('Joints')
    wait_for(lambda: 'l_knee' in browser.text() and '41.3 °' in browser.text(), START, 'the table of joints')
    robot.node.get_logger().warning('the left tray is empty')
    browser.click('Log')
    wait_for(lambda: 'fake_robot: the left tray is empty' in browser.text(), START, 'the message in the log')


def test_stop_stops_and_reset_resets(browser, robot):
    pressed = time.monotonic()
    browser.click('STOP')
    wait_for(lambda: robot.stopped_at, START, 'a call of safety/stop')
    assert robot.stopped_at[0] - pressed < 5.0
    wait_for(lambda: 'sits down' in browser.text(), START, 'the banner of a stopped robot')
    wait_for(lambda: 'Press reset when the robot may go on.' in browser.text(), START, 'the remedy')
    assert 'safety/stop was called <b>' in browser.text(), 'words of others must not become markup'
    browser.click('Reset')
    wait_for(lambda: 'Running' in browser.text() and 'No faults' in browser.text(), START, 'the banner after reset')


def test_pause_holds_the_robot_until_reset(browser):
    browser.click('Pause')
    wait_for(lambda: 'Stopped: holds still' in browser.text(), START, 'the banner of a robot that holds still')
    browser.click('Reset')
    wait_for(lambda: 'Running' in browser.text(), START, 'the banner after reset')


def test_the_hoist_is_called_and_its_answer_is_shown(browser, robot):
    wait_for(lambda: 'Hoist (simulation)' in browser.text(), START, 'the button of the hoist')
    browser.click('Hoist (simulation)')
    wait_for(lambda: 'hoist: the robot has power' in browser.text(), START, 'the refusal')
    assert robot.hoisted == 1


def test_time_of_a_simulation_is_stopped_and_goes_on(browser, robot):
    wait_for(lambda: 'Stop time (simulation)' in browser.text(), START, 'the button that stops time')
    browser.click('Stop time (simulation)')
    wait_for(lambda: robot.paused, START, 'a paused simulation')
    wait_for(lambda: 'Let time go on (simulation)' in browser.text(), START, 'the button to go on')
    browser.click('Let time go on (simulation)')
    wait_for(lambda: not robot.paused, START, 'a simulation that goes on')


def test_a_second_viewer_sees_the_same(browser, view, tmp_path):
    second = Browser(tmp_path)
    try:
        second.open(view.address)
        wait_for(lambda: 'left: place' in second.text(), START, 'the page of the second viewer')
        assert 'left: place' in browser.text()
    finally:
        second.close()


def test_nobody_watching_costs_nothing_and_ends_all_subscriptions(browser, robot, view):
    assert robot.watched
    browser.open('about:blank')
    wait_for(lambda: not robot.watched, START, 'the end of the subscriptions')
    begin = view.cpu(), time.monotonic()
    wait_for(lambda: time.monotonic() - begin[1] > 2.0, 10, 'two seconds')
    assert view.cpu() - begin[0] <= 0.04 * (time.monotonic() - begin[1])
    assert view.end() == 0
    assert 'Traceback' not in ''.join(view.lines)


def test_a_view_open_to_the_network_asks_for_its_token(robot, tmp_path):
    view = View('host:=0.0.0.0')
    browser = Browser(tmp_path)
    try:
        plain = view.address.replace('0.0.0.0', '127.0.0.1')
        browser.open(plain)
        wait_for(lambda: 'needs a token' in browser.text(), START, 'a refusal')
        wait_for(lambda: view.find(r'\?token=(\S+)'), START, 'the token on the terminal')
        browser.open(f'{plain}?token={view.find(r"[?]token=(.+)").group(1)}')
        wait_for(lambda: 'left: place' in browser.text(), START, 'the page')
        assert 'token' not in browser.evaluate('location.href')
    finally:
        browser.close()
        assert view.end() == 0
