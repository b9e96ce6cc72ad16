# SPDX-License-Identifier: Apache-2.0
"""All motors of a robot on simulated buses, with mechanics behind them."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.emulation.emulated_bus import EmulatedBus
from humanoid_control.drivers.emulation.emulated_motor import EmulatedMotor
from humanoid_control.drivers.emulation.emulated_shared_bus import EmulatedSharedBus
from humanoid_control.drivers.emulation.emulated_socket_bus import EmulatedSocketBus
from humanoid_control.drivers.emulation.gearing import Gearing
from humanoid_control.drivers.emulation.motor_bank import AMBIENT
from humanoid_control.drivers.emulation.plant import Plant
from humanoid_control.drivers.errors import BusError, MotorError
from humanoid_control.drivers.lock_step import SOCKET_NAME, Tick, pack_tick, unpack_done
from humanoid_control.drivers.messages import Mode

_HEATING = 40.0  # [K] over ambient at rated torque, in the end
_THERMAL_TIME = 300.0  # [s]
_MAX_MESSAGE = 4096
_RUN, _RESET = int(Mode.RUN), int(Mode.RESET)  # plain numbers: numpy compares them ten times faster


class Emulator:
    """Motors that answer at any time; their mechanics go on by `tick`.

    Attributes:
        buses: by name.
        motors: by name.
        ticks: number of ticks so far.
        latency: ticks by which the encoders are behind; a driver in lock-step adds one of its own.
    """

    def __init__(
        self,
        plan: BusPlan,
        models: Mapping[str, ActuatorModel],
        plant: Plant,
        folder: str | Path,
        *,
        seed: int = 0,
        latency: int = 0,
        step: float = 0.002,
        wired: bool = False,
    ):
        """Open the buses of a plan: multicast ones as they are, all others as simulated ones in `folder`.

        Args:
            step: time of one tick [s].
            wired: CAN interfaces as they are, too: motors that speak through an adapter, or through vcan.

        Raises BusError when a bus cannot be opened.
        """
        self.plant, self.latency, self.ticks = plant, latency, 0
        self._step = step
        self.buses: dict[str, EmulatedBus] = {}
        for index, (name, bus) in enumerate(plan.buses.items()):
            motors = {motor: settings for motor, settings in plan.motors.items() if settings.bus == name}
            if bus.kind == 'udp_multicast' or (wired and bus.kind == 'socketcan'):
                self.buses[name] = EmulatedSharedBus(
                    bus.create(name, plan.bitrate), motors, models, seed * 100 + index
                )
            else:
                self.buses[name] = EmulatedSocketBus(name, Path(folder) / name, motors, models, seed * 100 + index)
        self.motors: dict[str, EmulatedMotor] = {
            name: self.buses[motor.bus].motors[name] for name, motor in plan.motors.items()
        }
        self._gearing = Gearing(plan, plant.joint_names)
        self._rated = np.array([models[motor.model].rated_torque for motor in plan.motors.values()])
        self._places = [
            (bus, np.array([list(self.motors).index(name) for name in bus.motors])) for bus in self.buses.values()
        ]
        self._silence = np.zeros(len(self.motors))
        self._temperature = np.full(len(self.motors), AMBIENT)
        self._past: list[np.ndarray] = []
        self._link_path = Path(folder) / SOCKET_NAME
        self._link_listener = _listen(self._link_path)
        self._link: socket.socket | None = None
        self._driver_done = False
        self._measure()

    @property
    def loss(self) -> float:
        """Share of frames lost on all buses, each way."""
        return next(iter(self.buses.values())).bank.loss

    @loss.setter
    def loss(self, share: float) -> None:
        for bus in self.buses.values():
            bus.bank.loss = share

    @property
    def linked(self) -> bool:
        """Whether a driver is in lock-step with this emulation."""
        return self._link is not None

    def motor(self, name: str) -> EmulatedMotor:
        """One motor; MotorError for an unknown name."""
        if name not in self.motors:
            raise MotorError(f'motor {name!r} is not emulated; there are {", ".join(self.motors)}')
        return self.motors[name]

    def heat(self, name: str, temperature: float) -> None:
        """Set the temperature of a motor [deg C]."""
        self._temperature[list(self.motors).index(self.motor(name).name)] = temperature
        self._measure()

    def serve(self, timeout: float) -> bool:
        """Answer what comes in within `timeout` [s]; True when the driver is done with its tick, until the next one."""
        ends = [end for bus in self.buses.values() for end in bus.ends]
        link = [self._link] if self._link else []
        ready, _, _ = select.select([*ends, self._link_listener, *link], [], [], timeout)
        if self._link_listener in ready:
            self._accept_link()
        ready = set(ready)
        for bus in self.buses.values():
            if not ready.isdisjoint(bus.ends):
                bus.serve(ready)
        if self._link is not None and self._link in ready:
            self._hear_link()
        return self._driver_done

    def tick(self) -> None:
        """Let the mechanics go on and tell the driver; `serve` has taken the frames of a driver that is done."""
        self._time_out()
        self._drive()
        self.plant.step()
        self.ticks += 1
        self._driver_done = False
        self._measure()
        self._tell()

    def close(self) -> None:
        """Take everything down."""
        for bus in self.buses.values():
            bus.cut()
        for end in (self._link_listener, *([self._link] if self._link else [])):
            end.close()
        self._link = None
        with contextlib.suppress(FileNotFoundError):
            self._link_path.unlink()

    def _accept_link(self) -> None:
        link, _ = self._link_listener.accept()
        if self._link is not None:
            link.close()  # one driver is enough
            return
        self._link = link
        self._tell()

    def _hear_link(self) -> None:
        try:
            message = self._link.recv(_MAX_MESSAGE)
        except ConnectionResetError:
            message = b''
        if message:
            self._driver_done = unpack_done(message) == self.ticks
        else:
            self._unlink()

    def _unlink(self) -> None:
        self._link.close()
        self._link = None
        self._driver_done = False

    def _tell(self) -> None:
        if self._link is None:
            return
        try:
            self._link.send(pack_tick(Tick(self.ticks, self.plant.time_ns, self.plant.sensors())))
        except (BrokenPipeError, ConnectionResetError):
            self._unlink()

    def _time_out(self) -> None:
        """Drives that heard nothing for their time-out go limp."""
        for bus, places in self._places:
            rows = bus.bank.motors
            self._silence[places] = np.where(rows['heard'] != 0, 0.0, self._silence[places] + self._step)
            rows['heard'] = 0
        if not self._silence.any():
            return
        for name, silence in zip(self.motors, self._silence):
            motor = self.motors[name]
            if silence >= motor.drive_timeout - 1e-9 and motor.row['mode'] == _RUN:
                motor.row['mode'] = _RESET

    def _zeros(self) -> np.ndarray:
        return np.array([motor.zero for motor in self.motors.values()])

    def _drive(self) -> None:
        command = np.zeros((5, len(self.motors)))
        for bus, places in self._places:
            command[:, places] = bus.bank.commands * (bus.bank.motors['mode'] == _RUN)
        command[0] += self._zeros()
        limit = np.array([motor.torque_limit for motor in self.motors.values()])
        position, velocity, _ = self.plant.state()
        self.plant.drive(*self._gearing.law(command, limit, position, velocity))

    def _measure(self) -> None:
        """Bring the mechanics to the encoders, late by `latency` ticks, and warm the motors."""
        states = self._gearing.motors(*self.plant.state())
        heat = _HEATING * (states[2] / self._rated) ** 2 - (self._temperature - AMBIENT)
        self._temperature += self._step / _THERMAL_TIME * heat
        self._past.append(states)
        while len(self._past) > self.latency + 1:
            self._past.pop(0)
        position, velocity, torque = self._past[0]
        zero = self._zeros()
        for bus, places in self._places:
            rows = bus.bank.motors
            rows['position'] = (position - zero)[places]
            rows['velocity'], rows['torque'] = velocity[places], torque[places]
            rows['temperature'] = self._temperature[places]


def _listen(path: Path) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        listener.bind(str(path))
        listener.listen()
    except OSError as error:
        listener.close()
        raise BusError(f'emulation: cannot listen at {path}: {error.strerror or error}') from error
    return listener
