# SPDX-License-Identifier: Apache-2.0
"""An MTi sensor at the other end of a pseudo terminal."""

from __future__ import annotations

import os
import select
import struct
import threading
from pathlib import Path

from humanoid_control.drivers.imu.mti_measurement import MtiMeasurement
from humanoid_control.drivers.imu.xbus_message import MessageId, XbusMessage
from humanoid_control.drivers.imu.xbus_parser import XbusParser

ANSWERS = {
    MessageId.GO_TO_CONFIG: MessageId.GO_TO_CONFIG_ACK,
    MessageId.SET_OUTPUT_CONFIGURATION: MessageId.SET_OUTPUT_CONFIGURATION_ACK,
}
PERIOD = 0.005  # [s]


class FakeMti:
    """Answers the set-up and sends samples; use as a context manager.

    Attributes:
        path: link to the terminal, as udev's /dev/serial/by-id; it moves with `plug`.
        sample: what it measures; the counter is its own.
        answers, sends: whether it does.
        error: a refusal that it answers the set-up with.
        before: bytes that it sends before every sample.
        configured: identifiers and rates [Hz] that it was set up for.
    """

    def __init__(self, folder: Path):
        self.path = folder / 'imu'
        self.sample = MtiMeasurement((0.1, -0.2, 0.3), (0.0, 1.0, 9.81))
        self.answers = self.sends = True
        self.error: int | None = None
        self.before = b''
        self.configured: dict[int, int] = {}
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._master = -1
        self.plug()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __enter__(self) -> FakeMti:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self.unplug()

    def plug(self) -> None:
        """Plug it in; the sensor waits for its set-up."""
        master, self._slave = os.openpty()
        with self._lock:
            self._parser, self._measures, self._counter = XbusParser(), False, 65530
            self._master = master
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Pull the plug."""
        with self._lock:
            if self._master >= 0:
                os.close(self._master)
                os.close(self._slave)
            self._master = -1
            self.path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._ends.wait(PERIOD):
            with self._lock:
                if self._master >= 0:
                    self._obey()
                    if self._measures and self.sends:
                        self._send()

    def _obey(self) -> None:
        if not select.select([self._master], [], [], 0)[0]:
            return
        for message in self._parser.feed(os.read(self._master, 4096)):
            self._measures = message.id == MessageId.GO_TO_MEASUREMENT
            if message.id == MessageId.SET_OUTPUT_CONFIGURATION:
                self.configured = dict(struct.iter_unpack('>HH', message.data))
            if self.answers and self.error is not None:
                os.write(self._master, XbusMessage(MessageId.ERROR, bytes([self.error])).pack())
            elif self.answers and message.id in ANSWERS:
                os.write(self._master, XbusMessage(ANSWERS[message.id]).pack())

    def _send(self) -> None:
        sample = MtiMeasurement(self.sample.rate, self.sample.acceleration, self._counter, self.sample.clipped)
        self._counter = (self._counter + 1) % 65536
        if select.select([], [self._master], [], 0)[1]:
            os.write(self._master, self.before + XbusMessage(MessageId.MT_DATA2, sample.encode()).pack())
