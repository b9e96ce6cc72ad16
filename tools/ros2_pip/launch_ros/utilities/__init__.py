# SPDX-License-Identifier: Apache-2.0
"""Namespaces and parameters of nodes."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .namespaces import make_namespace_absolute, prefix_namespace
from .parameters import evaluate_parameter_dict, evaluate_parameter_value

__all__ = ['evaluate_parameter_dict', 'evaluate_parameter_value', 'make_namespace_absolute', 'prefix_namespace']
__getattr__ = refuse_missing_names(__name__)
