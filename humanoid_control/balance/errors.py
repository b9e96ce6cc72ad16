# SPDX-License-Identifier: Apache-2.0
"""What keeps the balance controller from working."""
from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class BalanceError(HumanoidError):
    """The balance controller was given something that it can't work with."""


class RefusedReferenceError(BalanceError):
    """A whole-body reference has NaN, wrong names or wrong sizes, or the controller isn't standing yet."""
