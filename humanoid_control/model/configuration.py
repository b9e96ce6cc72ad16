# SPDX-License-Identifier: Apache-2.0
"""Strict YAML: a file fills a dataclass, and what does not fit is named."""
from __future__ import annotations

import dataclasses
import math
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml

from humanoid_control.model.errors import ConfigurationError

T = TypeVar('T')


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read one YAML file whose top level is a mapping.

    Raises ConfigurationError naming the file when it is missing, malformed or not a mapping.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
    except OSError as error:
        raise ConfigurationError(f'{path}: cannot be read: {error.strerror}') from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f'{path}: is not valid YAML: {error}') from error
    if not isinstance(content, dict):
        raise ConfigurationError(f'{path}: expected a mapping of keys at the top, got {_kind(content)}')
    return content


def load(cls: type[T], path: str | Path) -> T:
    """Fill the dataclass `cls` from a YAML file; see `from_mapping`."""
    return from_mapping(cls, read_yaml(path), str(path))


def from_mapping(cls: type[T], mapping: Any, where: str) -> T:
    """Fill the dataclass `cls` from a mapping.

    Fields may be float, int, bool, str, tuples, dicts and further dataclasses, or optional ones of these.
    A whole number is accepted for a float; nothing else is converted.

    Raises ConfigurationError that names `where`, the key, the value and what was expected.
    """
    return _convert(mapping, cls, where)


def _convert(value: Any, kind: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _fill(kind, value, where)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in typing.get_args(kind):
            return None
        (inner,) = [a for a in typing.get_args(kind) if a is not type(None)]
        return _convert(value, inner, where)
    if origin is tuple:
        return _tuple(value, typing.get_args(kind), where)
    if origin is dict:
        if not isinstance(value, dict):
            raise _mismatch(where, value, 'a mapping')
        key_kind, value_kind = typing.get_args(kind)
        return {_convert(k, key_kind, f'{where}: key'): _convert(v, value_kind, f'{where}.{k}')
                for k, v in value.items()}
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise _mismatch(where, value, 'a finite number')
        return float(value)
    if kind in (int, bool, str):
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _mismatch(where, value, {int: 'a whole number', bool: 'true or false', str: 'a text'}[kind])
        return value
    raise TypeError(f'{where}: no rule for fields of type {kind}')


def _fill(cls: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(where, value, 'a mapping')
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls) if f.init}
    for key in value:
        if key not in fields:
            raise ConfigurationError(f'{where}: unknown key {key!r}; known are {", ".join(sorted(fields))}')
    arguments = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _convert(value[name], hints[name], f'{where}: {name}' if ': ' not in where else f'{where}.{name}')
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ConfigurationError(f'{where}: key {name!r} is missing')
    try:
        return cls(**arguments)
    except ValueError as error:
        raise ConfigurationError(f'{where}: {error}') from error


def _tuple(value: Any, kinds: tuple, where: str) -> tuple:
    if not isinstance(value, (list, tuple)):
        raise _mismatch(where, value, 'a list')
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_convert(v, kinds[0], f'{where}[{i}]') for i, v in enumerate(value))
    if len(value) != len(kinds):
        raise _mismatch(where, value, f'a list of {len(kinds)} values')
    return tuple(_convert(v, k, f'{where}[{i}]') for i, (v, k) in enumerate(zip(value, kinds)))


def _mismatch(where: str, value: Any, expected: str) -> ConfigurationError:
    return ConfigurationError(f'{where}: expected {expected}, got {value!r} ({_kind(value)})')


def _kind(value: Any) -> str:
    return 'nothing' if value is None else type(value).__name__
