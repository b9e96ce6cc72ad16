# SPDX-License-Identifier: Apache-2.0
"""Messages and services by name, as text and from text."""
from __future__ import annotations

import array
import importlib
from collections.abc import Iterable

import yaml

from .errors import CommandError

LONGEST = 128  # elements and characters shown of one field


def load_interface(name: str, kind: str) -> type:
    """Class of an interface such as std_msgs/msg/String or std_msgs/String.

    Raises CommandError if there is none.
    """
    parts = name.split('/')
    if len(parts) == 2:
        parts.insert(1, kind)
    try:
        package, folder, interface = parts
        if folder != kind:
            raise ValueError(folder)
        return getattr(importlib.import_module(f'{package}.{folder}'), interface)
    except (ValueError, ModuleNotFoundError, AttributeError) as error:
        raise CommandError(f"The passed type '{name}' is not a known {kind} interface") from error


def to_plain(value: object, longest: int | None = LONGEST) -> object:
    """A message, or a field of one, as dictionaries, lists and plain values."""
    if hasattr(value, 'get_fields_and_field_types'):
        return {name: to_plain(getattr(value, name), longest) for name in value.get_fields_and_field_types()}
    if isinstance(value, (bytes, str)):
        return value if longest is None or len(value) <= longest else value[:longest] + type(value)(
            b'...' if isinstance(value, bytes) else '...')
    if isinstance(value, (list, tuple, array.array)) or hasattr(value, 'tolist'):
        items = value.tolist() if hasattr(value, 'tolist') else value
        if longest is not None and len(items) > longest:
            return [to_plain(item, longest) for item in items[:longest]] + ['...']
        return [to_plain(item, longest) for item in items]
    return value


def to_yaml(message: object, longest: int | None = LONGEST) -> str:
    """A message, or a field of one, as YAML."""
    plain = to_plain(message, longest)
    if not isinstance(plain, (dict, list)):
        return f'{plain}\n'
    return yaml.safe_dump(plain, sort_keys=False, default_flow_style=False, allow_unicode=True, width=1000)


def fill(message: object, values: object) -> object:
    """Sets the fields of a message from dictionaries and lists; gives the message.

    Raises CommandError naming a field that doesn't exist or a value that doesn't fit.
    """
    if not isinstance(values, dict):
        raise CommandError(f'{type(message).__name__}: expected a dictionary of fields, got {values!r}')
    types = message.get_fields_and_field_types()
    for name, value in values.items():
        if name not in types:
            raise CommandError(f"{type(message).__name__} has no field '{name}', it has: {', '.join(types)}")
        try:
            setattr(message, name, _converted(getattr(message, name), types[name], value))
        except (AssertionError, TypeError, ValueError) as error:
            raise CommandError(f'{type(message).__name__}.{name} ({types[name]}): {value!r} does not fit') from error
    return message


def _converted(current: object, type_name: str, value: object) -> object:
    """A plain value as a field's type wants it."""
    if hasattr(current, 'get_fields_and_field_types'):
        return fill(current, value)
    if isinstance(current, list) and isinstance(value, Iterable) and '/' in type_name:
        element = type_name.removeprefix('sequence<').split('[')[0].split(',')[0].rstrip('>')
        return [fill(load_interface(element, 'msg')(), item) for item in value]
    if isinstance(current, float):
        return float(value)
    if isinstance(current, bytes) and isinstance(value, int):
        return bytes([value])
    if 'float' in type_name or 'double' in type_name:
        return [float(item) for item in value]
    return value


def parse_values(text: str) -> dict:
    """Fields from YAML text. Raises CommandError for malformed text."""
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise CommandError(f'malformed YAML {text!r}: {error}') from error
