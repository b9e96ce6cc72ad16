# SPDX-License-Identifier: Apache-2.0
"""Values of a wanted type from substitutions."""
from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from ..substitution import Substitution
from .text import normalize_to_list_of_substitutions, perform_substitutions

if TYPE_CHECKING:
    from ..launch_context import LaunchContext

TRUE_WORDS, FALSE_WORDS = ('true', 'yes', 'on', 'y'), ('false', 'no', 'off', 'n')


def is_substitution_like(value: object) -> bool:
    """True for a substitution or a list that has one."""
    return isinstance(value, Substitution) or (
        isinstance(value, (list, tuple)) and any(isinstance(part, Substitution) for part in value))


def coerce(text: str, data_type: type | None) -> object:
    """Text read as YAML when no type is wanted, else as the type.

    Raises ValueError naming text and type when it doesn't fit.
    """
    if data_type is str:
        return text
    value = yaml.safe_load(text) if text else text
    if data_type is None:
        return value
    if data_type is bool and isinstance(value, str) and value.lower() in TRUE_WORDS + FALSE_WORDS:
        return value.lower() in TRUE_WORDS
    if data_type is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            return float(value)  # YAML 1.1 reads 1e3 as text
        except ValueError:
            pass
    if isinstance(value, data_type) and not (data_type is int and isinstance(value, bool)):
        return value
    raise ValueError(f'cannot convert {text!r} to {data_type.__name__}')


def perform_typed_substitution(context: LaunchContext, value: object, data_type: type | None) -> object:
    """A plain value as it is, substitutions as a value of the type."""
    if is_substitution_like(value):
        return coerce(perform_substitutions(context, normalize_to_list_of_substitutions(value)), data_type)
    return value
