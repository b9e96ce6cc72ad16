# SPDX-License-Identifier: Apache-2.0
"""Stop buttons on USB and GPIO: fake devices that are pressed, pulled out, cut and put back."""

from __future__ import annotations

import errno
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_msgs.msg import String

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.safety.button.button_device import ButtonLostError
from humanoid_control.safety.button.button_report import ButtonReport, ButtonWord
from humanoid_control.safety.button.gpio_button import _GET_LINE, _GET_VALUES, _REQUEST, _VALUES, GpioButton
from humanoid_control.safety.button.input_button import InputButton
from humanoid_control.safety.button.stop_buttons import REOPEN, StopButtons, button_from

KEY, SYNC = 1, 0
ENTER = 28
PATIENCE = 30.0


def event(kind: int, code: int, value: int) -> bytes:
    """struct input_event of a 64-bit kernel."""
    return struct.pack('qqHHi', 7, 9, kind, code, value)


class FakeInput:
    """A named pipe in place of /dev/input/eventN."""

    def __init__(self, folder: Path):
        self.path = folder / 'event3'
        self._end = -1
        self.plug()

    def plug(self) -> None:
        """Plug it in."""
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def send(self, data: bytes) -> None:
        """Let the kernel tell something."""
        os.write(self._end, data)

    def unplug(self) -> None:
        """Pull it out."""
        self.path.unlink(missing_ok=True)
        os.close(self._end)


@pytest.fixture
def device(tmp_path):
    return FakeInput(tmp_path)


def opened(device: FakeInput, key: int | None = None) -> InputButton:
    button = InputButton(str(device.path), key)
    button.open()
    return button


def test_a_key_presses_until_it_is_released(device):
    button = opened(device)
    assert not button.pressed()
    device.send(event(KEY, ENTER, 1) + event(SYNC, 0, 0))
    assert button.pressed() and button.pressed()
    device.send(event(KEY, ENTER, 2) + event(KEY, ENTER, 0))
    assert button.pressed() and not button.pressed()


def test_a_press_between_two_looks_is_not_missed(device):
    button = opened(device)
    device.send(event(KEY, ENTER, 1) + event(KEY, ENTER, 0))
    assert button.pressed() and not button.pressed()


def test_other_keys_do_not_count_where_one_is_named(device):
    button = opened(device, ENTER)
    device.send(event(KEY, 30, 1) + event(2, ENTER, 1))
    assert not button.pressed()
    device.send(event(KEY, ENTER, 1))
    assert button.pressed()


def test_dropped_events_count_as_pressed(device):
    button = opened(device)
    device.send(event(SYNC, 3, 0))
    assert button.pressed() and not button.pressed()


@settings(deadline=None)
@given(st.binary(max_size=500))
def test_any_bytes_are_a_state_or_a_lost_button(tmp_path_factory, data):
    device = FakeInput(tmp_path_factory.mktemp('any'))
    button = opened(device)
    device.send(data)
    try:
        button.pressed()
    except ButtonLostError as error:
        assert 'no input events' in str(error)
    button.close()
    device.unplug()


def test_a_lost_button_is_named_and_opened_again_when_it_is_back(device):
    buttons = StopButtons([InputButton(str(device.path))])
    assert buttons.look(0.0).word is ButtonWord.RELEASED
    device.unplug()
    lost = buttons.look(0.1)
    assert lost.word is ButtonWord.LOST and 'it is gone: look at its plug' in lost.detail
    device.plug()
    assert buttons.look(REOPEN + 0.2).word is ButtonWord.RELEASED
    device.send(event(KEY, ENTER, 1))
    assert buttons.look(REOPEN + 0.3) == ButtonReport(ButtonWord.PRESSED, str(device.path), REOPEN + 0.3)
    device.unplug()
    assert buttons.look(REOPEN + 0.4).word is ButtonWord.LOST
    buttons.close()


class FakeChip:
    """A GPIO chip whose line 17 has a button; stands in for ioctl."""

    def __init__(self) -> None:
        self.closed = True
        self.fault = 0
        self.line, self._other = os.pipe()

    def __call__(self, file: int, request: int, buffer: bytearray) -> None:
        if self.fault:
            raise OSError(self.fault, os.strerror(self.fault))
        if request == _GET_LINE:
            values = list(_REQUEST.unpack(buffer))
            assert values[0] == 17 and values[64].startswith(b'stop button') and values[65] == 2 | 4 | 256
            assert values[67] == 1  # lines
            buffer[:] = _REQUEST.pack(*values[:-1], self.line)
        else:
            assert (file, request) == (self.line, _GET_VALUES) and _VALUES.unpack(buffer)[1] == 1
            buffer[:] = _VALUES.pack(self.closed, 1)


def test_the_structures_are_those_of_the_kernel():
    # sizes and numbers of linux/gpio.h and linux/input.h on a 64-bit machine
    assert (_REQUEST.size, _VALUES.size, _GET_LINE, _GET_VALUES) == (592, 16, 0xC250B407, 0xC010B40E)
    assert len(event(0, 0, 0)) == 24
    packed = _REQUEST.pack(5, *[0] * 63, b'name', 1 << 40, 0, 3, 0, -2)
    assert packed[256:260] == b'name'
    assert struct.unpack_from('=Q', packed, 288)[0] == 1 << 40
    assert struct.unpack_from('=I', packed, 560)[0] == 3 and struct.unpack_from('=i', packed, 588)[0] == -2


def test_an_open_contact_is_a_pressed_button_and_a_dead_chip_a_lost_one():
    chip = FakeChip()
    button = GpioButton('/dev/null', 17, chip)
    button.open()
    assert not button.pressed()
    chip.closed = False
    assert button.pressed()
    chip.fault = errno.ENODEV
    with pytest.raises(ButtonLostError, match='/dev/null:17: No such device: the chip is gone'):
        button.pressed()
    button.close()
    chip.fault = errno.EBUSY
    with pytest.raises(ButtonLostError, match='another program has the line'):
        button.open()


@pytest.mark.parametrize('text', ['', 'input:', 'usb:/dev/x', 'gpio:/dev/gpiochip0', 'gpio:/dev/gpiochip0#x', 'input:/dev/x#-1'])
def test_a_description_that_makes_no_sense_is_refused(text):
    with pytest.raises(ConfigurationError, match='expected input:DEVICE'):
        button_from(text)


def test_descriptions_name_their_devices():
    assert button_from('gpio:/dev/gpiochip0#17').name == '/dev/gpiochip0:17'
    assert button_from('input:/dev/input/by-id/usb-x:y#28').name == '/dev/input/by-id/usb-x:y'


def test_what_cannot_be_opened_says_what_to_do(tmp_path):
    with pytest.raises(ButtonLostError, match='No such file or directory: look at its plug'):
        InputButton(str(tmp_path / 'nothing')).open()
    with pytest.raises(ButtonLostError, match='gpiodetect'):
        GpioButton(str(tmp_path / 'nothing'), 1).open()
    with pytest.raises(ButtonLostError):
        GpioButton('/dev/null', 1).open()


@pytest.fixture
def words():
    """What the node says."""
    context = Context()
    context.init()
    node = Node('listener', context=context)
    heard: list[str] = []
    node.create_subscription(String, 'safety/button', lambda message: heard.append(message.data), 50)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)

    def until(condition: Callable[[list[str]], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition(heard):
            assert time.monotonic() < end, heard[-3:]
            executor.spin_once(timeout_sec=0.1)

    yield until
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()


def test_the_node_speaks_all_the_time_and_tells_a_press_a_release_and_a_loss(device, words):
    program = [sys.executable, '-m', 'humanoid_control.safety.stop_button_node', '--ros-args']
    process = subprocess.Popen([*program, '-p', f'buttons:=input:{device.path}'])
    try:
        words(lambda heard: heard.count('released') > 5)
        device.send(event(KEY, ENTER, 1))
        words(lambda heard: heard[-1] == f'pressed: {device.path}')
        device.send(event(KEY, ENTER, 0))
        words(lambda heard: heard[-1] == 'released')
        device.unplug()
        words(lambda heard: heard[-1].startswith('lost: '))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0


def test_the_node_refuses_to_start_without_a_button():
    program = [sys.executable, '-m', 'humanoid_control.safety.stop_button_node']
    result = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and 'parameter buttons is empty: expected input:DEVICE' in result.stderr
