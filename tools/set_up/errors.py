# SPDX-License-Identifier: Apache-2.0
"""Errors of the set-up."""
from __future__ import annotations


class SetUpError(Exception):
    """Set-up can't go on; the message says what to do."""
