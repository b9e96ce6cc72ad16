# SPDX-License-Identifier: Apache-2.0
"""Descriptions of parameters."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from ..parameter_descriptions import Parameter, ParameterFile, ParameterValue

__all__ = ['Parameter', 'ParameterFile', 'ParameterValue']
__getattr__ = refuse_missing_names(__name__)
