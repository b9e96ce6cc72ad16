# SPDX-License-Identifier: Apache-2.0
"""One stop button, whatever wire it hangs on."""

from __future__ import annotations

from abc import ABC, abstractmethod

from humanoid_control.model.errors import HumanoidError


class ButtonLostError(HumanoidError):
    """A button is missing or its device went away; the message names it and says what to do."""


class ButtonDevice(ABC):
    """A button that can be opened, asked and closed, again and again.

    Attributes:
        name: as it was given.
    """

    name: str

    @abstractmethod
    def open(self) -> None:
        """Open the device. Raises ButtonLostError."""

    @abstractmethod
    def pressed(self) -> bool:
        """Whether it is pressed, or was since the last call; returns at once. Raises ButtonLostError."""

    @abstractmethod
    def close(self) -> None:
        """Close the device; does nothing when it is closed."""
