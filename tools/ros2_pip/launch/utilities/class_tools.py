# SPDX-License-Identifier: Apache-2.0
"""Questions about an object's class."""
from __future__ import annotations

import inspect


def isclassinstance(obj: object) -> bool:
    """True for an instance of a class, False for a class or module."""
    return not inspect.isclass(obj) and not inspect.ismodule(obj)


def is_a(obj: object, entity_type: type) -> bool:
    """True for an instance of the type."""
    return isinstance(obj, entity_type)


def is_a_subclass(obj: object, entity_type: type) -> bool:
    """True for an instance or a subclass of the type."""
    return isinstance(obj, entity_type) or (inspect.isclass(obj) and issubclass(obj, entity_type))
