# SPDX-License-Identifier: Apache-2.0
"""Buses: frames get through, a cut is noticed, and what is missing is named with what to do."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from bench.emulated_bench import PLAN, EmulatedBench
from humanoid_control.drivers.bus_settings import BusSettings
from humanoid_control.drivers.buses import MulticastBus, SimulatedBus, SocketCanBus, socketcan_bus
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.errors import BusError, MotorError
from humanoid_control.drivers.frame import Frame
from humanoid_control.drivers.motor_client import MotorAddress, MotorClient
from humanoid_control.drivers.parameters import LIMIT_TORQUE, RUN_MODE, VOLTAGE

FRAME = Frame.of(0x0300FD7F, bytes(8))


class Listener:
    """The other end of a simulated bus."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(str(path))
        self.socket.listen()

    def accept(self) -> socket.socket:
        return self.socket.accept()[0]

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def wire(tmp_path):
    """A simulated bus that is open, and its other end."""
    listener = Listener(tmp_path / 'can0')
    bus = SimulatedBus('can0', tmp_path / 'can0')
    bus.open()
    other = listener.accept()
    yield bus, other
    bus.close()
    other.close()
    listener.close()


def test_frames_go_both_ways_whole_and_in_order(wire):
    bus, other = wire
    bus.send(FRAME)
    assert Frame.from_buffer_copy(other.recv(64)) == FRAME
    frames = [Frame.of(number, bytes([number] * 8)) for number in range(5)]
    for frame in frames:
        other.send(bytes(frame))
    assert bus.receive(1.0) == frames
    assert bus.receive(0.0) == []


def test_datagrams_that_are_no_frames_are_dropped(wire):
    bus, other = wire
    for garbage in (b'x', bytes(15), bytes(17), bytes(64)):
        other.send(garbage)
    other.send(bytes(FRAME))
    assert bus.receive(1.0) == [FRAME]


def test_a_cut_is_noticed_at_once(wire):
    bus, other = wire
    other.close()
    with pytest.raises(BusError, match='bus can0 .* was cut'):
        bus.receive(1.0)
    with pytest.raises(BusError, match='frame not sent'):
        bus.send(FRAME)


def test_a_closed_bus_says_so():
    with pytest.raises(BusError, match='bus can0 .* is not open'):
        SimulatedBus('can0', '/nowhere').send(FRAME)


def test_a_bus_that_nobody_emulates_is_named_with_what_to_start(tmp_path):
    with pytest.raises(BusError, match='bus can0: nobody emulates motors at .*emulated.launch.py'):
        SimulatedBus('can0', tmp_path / 'can0').open()


def test_a_missing_can_interface_is_named_with_the_command_that_brings_it_up():
    with pytest.raises(BusError) as refusal:
        SocketCanBus('legs', 'can77', 1_000_000).open()
    for part in (
        "bus legs: there is no network interface 'can77'",
        'lo',
        'sudo ip link set can77 up type can bitrate 1000000',
    ):
        assert part in str(refusal.value)


def test_an_interface_that_is_no_can_interface_or_a_kernel_without_can_is_named():
    with pytest.raises(BusError, match="no SocketCAN.*modprobe|cannot bind to SocketCAN interface lo|'lo' is down"):
        SocketCanBus('legs', 'lo', 1_000_000).open()


def test_an_interface_that_is_down_is_named(monkeypatch, tmp_path):
    (tmp_path / 'can0').mkdir()
    (tmp_path / 'can0' / 'flags').write_text('0x40080\n')
    monkeypatch.setattr(socket, 'if_nameindex', lambda: [(1, 'can0')])
    monkeypatch.setattr(socketcan_bus, 'INTERFACES', tmp_path)
    with pytest.raises(BusError, match="network interface 'can0' is down; bring it up: sudo ip link set can0"):
        SocketCanBus('legs', 'can0', 500_000).open()


def test_multicast_carries_frames_to_everybody():
    port = 20000 + os.getpid() % 20000
    one, two = (MulticastBus('can0', '239.255.77.7', port, '127.0.0.1') for _ in range(2))
    one.open()
    two.open()
    one.send(FRAME)
    assert two.receive(2.0) == [FRAME]
    assert one.receive(2.0) == [FRAME]  # its own, which the driver knows by their destination
    one.close()
    two.close()


def test_a_multicast_group_that_cannot_be_joined_is_named():
    with pytest.raises(BusError, match='cannot join multicast group 239.255.77.7:20001 through 203.0.113.9'):
        MulticastBus('can0', '239.255.77.7', 20001, '203.0.113.9').open()


def test_settings_make_the_bus_of_their_kind():
    assert isinstance(BusSettings('socketcan', interface='can0').create('a', 1_000_000), SocketCanBus)
    assert isinstance(BusSettings('simulated', path='/tmp/a').create('a', 1_000_000), SimulatedBus)
    bus = BusSettings('udp_multicast', group='239.1.2.3', port=5000).create('a', 1_000_000)
    assert isinstance(bus, MulticastBus) and bus.where == 'multicast group 239.1.2.3:5000'


def test_garbage_and_strangers_on_a_bus_do_not_disturb_a_question(wire):
    bus, other = wire
    codec, client = Codec(), MotorClient(0xFD, 1.0, 1)

    def answer() -> None:
        other.recv(64)
        for noise in (
            os.urandom(16),
            bytes(codec.parameter(0xFD, 8, VOLTAGE.index, 1)),
            bytes(codec.parameter(0xFD, 7, 0x7005, 9)),
            bytes(codec.parameter(0xFC, 7, VOLTAGE.index, 1)),
            bytes(codec.parameter(0xFD, 7, VOLTAGE.index, VOLTAGE.to_raw(48.0))),
        ):
            other.send(noise)

    thread = threading.Thread(target=answer)
    thread.start()
    assert client.read(MotorAddress('l_knee', bus, 7), VOLTAGE) == 48.0
    thread.join()


def test_a_motor_that_keeps_another_value_is_named(wire):
    bus, other = wire
    codec, client = Codec(), MotorClient(0xFD, 0.5, 1)

    def answer() -> None:
        other.recv(64)
        other.recv(64)
        other.send(bytes(codec.parameter(0xFD, 7, LIMIT_TORQUE.index, LIMIT_TORQUE.to_raw(17.0))))

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(
        MotorError, match=r"motor 'l_knee' \(number 7 on bus can0\): was told limit_torque = 60 but keeps 17"
    ):
        client.write(MotorAddress('l_knee', bus, 7), LIMIT_TORQUE, 60.0)
    thread.join()


def test_a_motor_that_refuses_to_read_a_parameter_is_named(wire):
    bus, other = wire
    refusal = bytes(Frame.of(0x110107FD, bytes.fromhex('1C70000000000000')))

    def answer() -> None:
        other.recv(64)
        other.send(refusal)

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(MotorError, match=r"motor 'l_knee' .* refuses to read VBUS \(status 1\)"):
        MotorClient(0xFD, 1.0, 1).read(MotorAddress('l_knee', bus, 7), VOLTAGE)
    thread.join()


def test_lost_questions_are_asked_again():
    with EmulatedBench() as bench:
        bench.faults.order('loss 0.2')
        client = MotorClient(PLAN.host_id, 0.03, 20)
        bus = BusSettings.simulated(bench.folder, 'can0').create('can0', 1_000_000)
        with bench.served():
            bus.open()
            address = MotorAddress('l_knee', bus, PLAN.motors['l_knee'].id)
            for _ in range(10):
                client.write(address, RUN_MODE, 0)
            assert set(client.scan(bus, range(1, 8), range(1, 6))) == set(range(1, 6))
        bus.close()
