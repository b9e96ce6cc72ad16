# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the driver and an inertial sensor."""

from __future__ import annotations

from humanoid_control.drivers.errors import DriverError


class ImuError(DriverError):
    """An inertial sensor is missing, silent or refuses its set-up; the message names the port and says what to do."""


class MeasurementError(DriverError):
    """A message is whole but its content is no measurement; the message names the field."""
