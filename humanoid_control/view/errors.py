# SPDX-License-Identifier: Apache-2.0
"""Errors of the view."""

from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class ViewError(HumanoidError):
    """The browser view cannot be served."""
