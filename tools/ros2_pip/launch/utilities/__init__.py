# SPDX-License-Identifier: Apache-2.0
"""Normalising and performing substitutions, visiting entities."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .class_tools import is_a, is_a_subclass, isclassinstance
from .ensure_argument_type_impl import ensure_argument_type
from .entities import normalize_to_list_of_entities, visit_all_entities_and_collect_futures
from .text import normalize_to_list_of_substitutions, perform_substitutions

__all__ = [
    'ensure_argument_type', 'is_a', 'is_a_subclass', 'isclassinstance', 'normalize_to_list_of_entities',
    'normalize_to_list_of_substitutions', 'perform_substitutions', 'visit_all_entities_and_collect_futures',
]
__getattr__ = refuse_missing_names(__name__)
