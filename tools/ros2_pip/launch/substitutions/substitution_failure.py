# SPDX-License-Identifier: Apache-2.0
"""Error of a substitution."""
from __future__ import annotations


class SubstitutionFailure(RuntimeError):
    """A substitution's text can't be found out."""
