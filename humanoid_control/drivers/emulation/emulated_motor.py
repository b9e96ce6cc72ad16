# SPDX-License-Identifier: Apache-2.0
"""What a motor answers to everything but control frames."""

from __future__ import annotations

import math
import struct
import zlib

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.emulation.motor_bank import MotorBank
from humanoid_control.drivers.frame import Frame
from humanoid_control.drivers.messages import Envelope, MessageType, Mode
from humanoid_control.drivers.parameters import (
    DRIVE_TIMEOUT,
    LIMIT_CURRENT,
    LIMIT_TORQUE,
    POSITION,
    POSITION_TARGET,
    RUN_MODE,
    TIMEOUT_STEPS,
    VELOCITY,
    VOLTAGE,
)

_READ_ONLY = {POSITION.index, VELOCITY.index, VOLTAGE.index}


class EmulatedMotor:
    """One motor: identity, parameters, modes. Its electronics are row `index` of a bank.

    Attributes:
        name: as in the bus plan.
        uid: 64-bit identity, from the name.
        zero: encoder reading at the motor's zero [rad]; `set zero` moves it.
        parameters: raw u32 values by index.
        torque_limit: bound on the torque that is in force [N m].
        drive_timeout: silence after which the drive goes limp [s]; infinite when it is off.
    """

    def __init__(self, name: str, model: ActuatorModel, bank: MotorBank, index: int, supply: float):
        """`supply`: voltage [V]."""
        self.name, self.model, self.index = name, model, index
        self._bank = bank
        self._codec = Codec()
        self.uid = zlib.crc32(name.encode()) << 32 | zlib.crc32(model.name.encode())
        self.zero = 0.0
        self.parameters = {
            RUN_MODE.index: 0,
            LIMIT_TORQUE.index: LIMIT_TORQUE.to_raw(model.ranges.torque),
            POSITION_TARGET.index: 0,
            LIMIT_CURRENT.index: LIMIT_CURRENT.to_raw(20.0),
            POSITION.index: 0,
            VELOCITY.index: 0,
            VOLTAGE.index: VOLTAGE.to_raw(supply),
        }
        if model.has_drive_timeout:
            self.parameters[DRIVE_TIMEOUT.index] = 0
        self._obey_parameters()

    @property
    def row(self):
        """Electronics of this motor; writing its fields changes the motor."""
        return self._bank.motors[self.index]

    @property
    def id(self) -> int:
        """Number on the bus."""
        return int(self.row['id'])

    def set_supply(self, voltage: float) -> None:
        """Change the supply voltage [V]."""
        self.parameters[VOLTAGE.index] = VOLTAGE.to_raw(voltage)

    def answer(self, frame: Frame, envelope: Envelope) -> list[Frame]:
        """Do what a frame says; the replies."""
        row, kind = self.row, envelope.type
        if row['silent']:
            return []
        row['heard'] = 1
        row['host'] = envelope.data2 & 0xFF
        if kind == MessageType.GET_ID:
            return [self._codec.identity(self.id, self.uid)]
        if kind == MessageType.READ_PARAMETER:
            return self._read(frame, envelope)
        if kind == MessageType.WRITE_PARAMETER:
            index, raw = self._codec.decode_parameter(frame)
            if index in self.parameters and index not in _READ_ONLY:
                self.parameters[index] = raw
                self._obey_parameters()
        elif kind == MessageType.ENABLE:
            if not row['faults'] and self.parameters[RUN_MODE.index] == 0:
                self._clear_command()
                row['mode'] = Mode.RUN
        elif kind == MessageType.STOP:
            row['mode'] = Mode.RESET
            if frame.payload[0] == 1:
                row['faults'] = 0
        elif kind == MessageType.SET_ZERO:
            self.zero += float(row['position'])
            row['position'] = 0.0
        elif kind == MessageType.SET_ID:
            row['id'] = envelope.data2 >> 8
            return [self._codec.identity(self.id, self.uid)]
        elif kind != MessageType.ACTIVE_REPORT:
            return []
        return [self._bank.feedback(self.index)]

    def fail(self, faults: int) -> None:
        """Take on fault bits, which switches the motor off."""
        self.row['faults'] |= faults
        self.row['mode'] = Mode.RESET

    def _read(self, frame: Frame, envelope: Envelope) -> list[Frame]:
        index, _ = self._codec.decode_parameter(frame)
        row = self.row
        for parameter, field in ((POSITION, 'position'), (VELOCITY, 'velocity')):
            self.parameters[parameter.index] = struct.unpack('<I', struct.pack('<f', row[field]))[0]
        if index not in self.parameters:
            return []
        return [self._codec.parameter(envelope.data2 & 0xFF, self.id, index, self.parameters[index])]

    def _obey_parameters(self) -> None:
        self.torque_limit = float(LIMIT_TORQUE.from_raw(self.parameters[LIMIT_TORQUE.index]))
        steps = self.parameters.get(DRIVE_TIMEOUT.index, 0)
        self.drive_timeout = steps / TIMEOUT_STEPS if steps else math.inf

    def _clear_command(self) -> None:
        for field in ('position', 'velocity', 'torque', 'kp', 'kd'):
            self.row['command'][field] = 0.0
