# SPDX-License-Identifier: Apache-2.0
"""An Xsens MTi on a serial port as the robot's inertial sensor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from humanoid_control.drivers.imu.errors import ImuError, MeasurementError
from humanoid_control.drivers.imu.mti_measurement import MtiMeasurement, output_configuration
from humanoid_control.drivers.imu.serial_port import SerialPort
from humanoid_control.drivers.imu.xbus_message import MessageId, XbusMessage
from humanoid_control.drivers.imu.xbus_parser import XbusParser
from humanoid_control.drivers.sensor_source import NoSensors, SensorSource, load_sensor_source
from humanoid_control.model.errors import ConfigurationError

RATES = (100, 200, 400)  # [Hz] that all MTi from the 10-series on give
ANSWER = 1.0  # [s] that the sensor may take to confirm, and to begin to measure
READ = 0.1  # [s] after which the thread looks whether it shall end
SILENT = 0.5  # [s] without a sample, after which the port is opened anew
PAUSE = 0.2  # [s] between attempts to open it
OLD = 0.02  # [s]
INERTIAL = 6  # values of the low state that this sensor gives

Clock = Callable[[], float]


class XsensMti(SensorSource):
    """Reads an MTi-10, -100 or -600 series sensor by the Xbus protocol, and the force sensors from another source.

    The sensor's axes are those of `imu_link`. A sample that is broken or beyond any sensor is counted and left out; a
    port that goes away or falls silent is opened and set up again until it is back. The last good sample stays
    meanwhile; its age and `complaint` tell.

    Attributes:
        samples, refused, missed: good samples, bad ones, and those that the sensor's counter says got lost.
        openings: how often the port was opened.
    """

    def __init__(self, port: str, baud: str = '921600', rate: str = '400', forces: str = '', clock: Clock = time.monotonic):
        """`rate` [Hz], one of RATES; `forces`: SensorSource of the wrenches as package.module:Class, without options.

        Raises ConfigurationError when a number makes no sense or `forces` cannot be loaded.
        """
        if not str(baud).isdigit():
            raise ConfigurationError(f'sensors.options.baud: expected a number, got {baud!r}')
        if str(rate) not in map(str, RATES):
            raise ConfigurationError(f'sensors.options.rate: expected one of {", ".join(map(str, RATES))} Hz, got {rate!r}')
        self._path, self._baud, self._rate, self._clock = port, int(baud), int(rate), clock
        self._forces = load_sensor_source(forces, {}) if forces else NoSensors()
        self.samples = self.refused = self.missed = self.openings = 0
        self._lock = threading.Lock()
        self._values = np.zeros(INERTIAL)
        self._taken: float | None = None
        self._counter: int | None = None
        self._fault = 'no sample yet'
        self._clipped = False
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Set the sensor up and wait for its first sample; ImuError names port and remedy."""
        port = self._begin()
        try:
            parser, end = XbusParser(), self._clock() + ANSWER
            while self._taken is None:
                if self._clock() >= end:
                    raise ImuError(
                        f'{self._path}: no sample came within {ANSWER:g} s of the set-up ({self._fault}): '
                        f'compare baud ({self._baud}) and output rate with the sensor'
                    )
                self._hear(parser.feed(port.read(READ)))
            self._forces.open()
        except (ImuError, ConfigurationError):
            port.close()
            raise
        self._ends.clear()
        self._thread = threading.Thread(target=self._run, args=(port, parser), name='imu', daemon=True)
        self._thread.start()

    def read(self, values: np.ndarray) -> float:
        """Newest sample and wrenches; the age of the older of the two."""
        age = self._forces.read(values)
        with self._lock:
            values[:INERTIAL] = self._values
            return max(age, self._clock() - self._taken) if self._taken is not None else np.inf

    def complaint(self) -> str:
        """What is wrong now, empty when nothing is."""
        with self._lock:
            age = np.inf if self._taken is None else self._clock() - self._taken
            if age > OLD:
                return f'IMU on {self._path} is {age * 1e3:.0f} ms old: {self._fault or "it sends nothing"}'
            if self._clipped:
                return f'IMU on {self._path} is at the end of its range'
        return self._forces.complaint()

    def close(self) -> None:
        """End the thread and give the port back."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._forces.close()
        with self._lock:
            self._taken, self._counter, self._fault = None, None, 'no sample yet'

    def _begin(self) -> SerialPort:
        """Open the port and let the sensor measure what is wanted; ImuError when it does not answer."""
        port = SerialPort(self._path, self._baud)
        self.openings += 1
        try:
            parser = XbusParser()
            self._ask(port, parser, MessageId.GO_TO_CONFIG, b'', MessageId.GO_TO_CONFIG_ACK)
            wanted = output_configuration(self._rate)
            self._ask(port, parser, MessageId.SET_OUTPUT_CONFIGURATION, wanted, MessageId.SET_OUTPUT_CONFIGURATION_ACK)
            port.write(XbusMessage(MessageId.GO_TO_MEASUREMENT).pack())
        except ImuError:
            port.close()
            raise
        return port

    def _ask(self, port: SerialPort, parser: XbusParser, question: int, data: bytes, answer: int) -> None:
        port.write(XbusMessage(question, data).pack())
        end = self._clock() + ANSWER
        while self._clock() < end and not self._ends.is_set():
            for message in parser.feed(port.read(READ)):
                if message.id == answer:
                    return
                if message.id == MessageId.ERROR:
                    raise ImuError(f'{self._path}: the sensor refuses message {question:#04x}: error {message.data.hex()}')
        raise ImuError(
            f'{self._path}: the sensor does not answer: is it an MTi, switched on, at {self._baud} baud? '
            'Is another program reading it?'
        )

    def _run(self, port: SerialPort | None, parser: XbusParser) -> None:
        while not self._ends.is_set():
            try:
                if port is None:
                    port = self._begin()
                    parser.forget()
                self._listen(port, parser)
            except ImuError as error:
                self._fail(str(error))
            if port is not None:
                port.close()
                port = None
            self._ends.wait(PAUSE)

    def _listen(self, port: SerialPort, parser: XbusParser) -> None:
        """Take samples until the end or until none comes any more; ImuError when the port is gone."""
        last = self._clock()
        while not self._ends.is_set():
            if self._hear(parser.feed(port.read(READ))):
                last = self._clock()
            elif self._clock() - last > SILENT:
                raise ImuError(self._fault or f'{self._path}: the sensor sends nothing: look at its supply and plug')

    def _hear(self, messages: list[XbusMessage]) -> bool:
        """Take the samples among messages; whether there was a good one."""
        good = False
        for message in messages:
            if message.id != MessageId.MT_DATA2:
                continue
            try:
                self._take(MtiMeasurement.decode(message.data))
                good = True
            except MeasurementError as error:
                self.refused += 1
                self._fail(f'{self._path}: {error}')
        return good

    def _take(self, measured: MtiMeasurement) -> None:
        with self._lock:
            self._values[:3], self._values[3:] = measured.rate, measured.acceleration
            self._taken, self._clipped, self._fault = self._clock(), measured.clipped, ''
        if self._counter is not None and measured.counter is not None:
            self.missed += (measured.counter - self._counter - 1) % 65536
        self._counter = measured.counter
        self.samples += 1

    def _fail(self, reason: str) -> None:
        with self._lock:
            self._fault = reason
