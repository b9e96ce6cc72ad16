# SPDX-License-Identifier: Apache-2.0
"""Values of parameters."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml
from launch import LaunchContext, SomeSubstitutionsType, Substitution
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions

from ..parameter_descriptions import ParameterValue

SCALARS = (bool, int, float, str)


def evaluate_parameter_dict(context: LaunchContext, parameters: Mapping) -> dict[str, object]:
    """Names and values of a parameter dictionary, nested ones flattened with dots.

    Raises TypeError naming the parameter whose value isn't allowed.
    """
    result: dict[str, object] = {}
    for key, value in parameters.items():
        name = perform_substitutions(context, normalize_to_list_of_substitutions(key))
        if isinstance(value, Mapping):
            result.update({f'{name}.{inner}': item for inner, item in evaluate_parameter_dict(context, value).items()})
        else:
            result[name] = evaluate_parameter_value(context, name, value)
    return result


def evaluate_parameter_value(context: LaunchContext, name: str, value: object) -> object:
    """A plain value as it is; substitutions as what YAML makes of their text."""
    if isinstance(value, ParameterValue):
        return value.evaluate(context)
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, Substitution):
        return _from_text(context, name, [value])
    if isinstance(value, Sequence) and value:
        if all(isinstance(item, (str, Substitution)) for item in value) and any(
                isinstance(item, Substitution) for item in value):
            return _from_text(context, name, value)  # parts of one text
        return _uniform(name, [evaluate_parameter_value(context, name, item) for item in value])
    raise TypeError(f"parameter '{name}': expected bool, int, float, str or a non-empty sequence of one of them, "
                    f'got {value!r}')


def _from_text(context: LaunchContext, name: str, parts: SomeSubstitutionsType) -> object:
    text = perform_substitutions(context, normalize_to_list_of_substitutions(parts))
    try:
        value = yaml.safe_load(text) if text else ''
    except yaml.YAMLError as error:
        raise TypeError(
            f'Unable to parse the value of parameter {name} as yaml. If the parameter is meant to be a string, try '
            'wrapping it in launch_ros.parameter_descriptions.ParameterValue(value, value_type=str)') from error
    if isinstance(value, list):
        return _uniform(name, value)
    if isinstance(value, SCALARS):
        return value
    raise TypeError(
        f"parameter '{name}': got a {type(value).__name__} from {text!r}. If the parameter is meant to be a string, "
        'try wrapping it in launch_ros.parameter_descriptions.ParameterValue(value, value_type=str)')


def _uniform(name: str, values: list) -> list:
    """The values, if they are of one type; integers among floats become floats."""
    kinds = {type(value) for value in values}
    if kinds == {int, float}:
        return [float(value) for value in values]
    if len(kinds) != 1 or not kinds <= set(SCALARS):
        raise TypeError(f"parameter '{name}': expected a non-empty sequence of one type, got {values!r}")
    return values
