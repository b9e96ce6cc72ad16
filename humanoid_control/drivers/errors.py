# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the driver and its motors."""

from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class DriverError(HumanoidError):
    """Base of the errors of this part."""


class CodecError(DriverError):
    """A frame cannot be encoded or decoded; the message names the field or says what the frame lacks."""


class BusError(DriverError):
    """A bus is missing, was cut, or refuses frames; the message names it and says what to do."""


class MotorError(DriverError):
    """A motor is missing, doubled, of the wrong kind, at fault, or doesn't do as it was told."""


class LinkError(DriverError):
    """The emulation in lock-step went away or speaks another version."""
