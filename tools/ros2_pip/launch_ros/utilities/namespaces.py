# SPDX-License-Identifier: Apache-2.0
"""Namespaces of nodes."""
from __future__ import annotations


def prefix_namespace(base_ns: str | None, ns: str | None) -> str | None:
    """A relative namespace below a base; an absolute one as it is."""
    if ns is None:
        joined = base_ns
    elif not base_ns or ns.startswith('/'):
        joined = ns
    else:
        joined = f"{base_ns.rstrip('/')}/{ns}"
    if joined is None or joined == '/':
        return joined
    return joined.rstrip('/')


def make_namespace_absolute(ns: str | None) -> str | None:
    """The namespace with a leading slash."""
    return ns if ns is None or ns.startswith('/') else f'/{ns}'
