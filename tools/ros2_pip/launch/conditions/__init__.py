# SPDX-License-Identifier: Apache-2.0
"""Conditions of actions."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .expression import InvalidConditionExpressionError, evaluate_condition_expression
from .if_condition import IfCondition
from .launch_configuration_equals import LaunchConfigurationEquals, LaunchConfigurationNotEquals
from .unless_condition import UnlessCondition

__all__ = [
    'IfCondition', 'InvalidConditionExpressionError', 'LaunchConfigurationEquals', 'LaunchConfigurationNotEquals',
    'UnlessCondition', 'evaluate_condition_expression',
]
__getattr__ = refuse_missing_names(__name__)
