# SPDX-License-Identifier: Apache-2.0
"""Errors whose message is written for the person who has to mend the cause."""
from __future__ import annotations


class HumanoidError(Exception):
    """Base of every error that this package raises on purpose."""


class ConfigurationError(HumanoidError):
    """A configuration file is missing, malformed, or holds a wrong key, type or value."""


class ModelError(HumanoidError):
    """A URDF is missing or malformed, or lacks a joint, link or frame that is needed."""
