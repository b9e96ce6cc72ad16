# SPDX-License-Identifier: Apache-2.0
"""Where IMU and force sensors come from: the plug-in point for what hangs on no motor bus."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from humanoid_control.model.errors import ConfigurationError

VALUES = 30  # IMU rates and accelerations, then force and torque of four sensors, as in the low state


class SensorSource(ABC):
    """Newest readings of IMU, soles and wrists in the order of the low state after the joints.

    A source is made with the keywords of `options` in the bus plan. It reads its devices in a thread of its own;
    `read` is called every 2 ms from the exchange and must return at once.
    """

    @abstractmethod
    def open(self) -> None:
        """Open the devices. Raise DriverError that names the device and says what to do."""

    @abstractmethod
    def read(self, values: np.ndarray) -> float:
        """Write the newest readings into `values` (VALUES,); their age [s]."""

    def complaint(self) -> str:
        """What is wrong now and what to do about it, for `diagnostics`; empty when nothing is."""
        return ''

    @abstractmethod
    def close(self) -> None:
        """Close the devices."""


class NoSensors(SensorSource):
    """Zeros: for joints on a bench, and for listening."""

    def open(self) -> None:
        """Nothing to open."""

    def read(self, values: np.ndarray) -> float:
        """Zeros, always fresh."""
        values[:] = 0.0
        return 0.0

    def close(self) -> None:
        """Nothing to close."""


def load_sensor_source(name: str, options: dict[str, Any]) -> SensorSource:
    """Source by `package.module:Class`.

    Raises ConfigurationError when module or class are missing, or the class is no SensorSource or refuses the options.
    """
    module_name, _, class_name = name.partition(':')
    try:
        source_class = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f'sensors.source {name!r}: expected package.module:Class: {error}') from error
    if not (isinstance(source_class, type) and issubclass(source_class, SensorSource)):
        raise ConfigurationError(f'sensors.source {name!r} is no SensorSource (humanoid_control.drivers.sensor_source)')
    try:
        return source_class(**options)
    except TypeError as error:
        raise ConfigurationError(f'sensors.options of {name!r}: {error}') from error
