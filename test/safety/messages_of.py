# SPDX-License-Identifier: Apache-2.0
"""Messages in source code: what programs may say, with … for what is filled in."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

FILLED = '…'


def messages(folder: Path, calls: Collection[str]) -> Iterator[str]:
    """Texts that are arguments of calls of these functions, methods or exceptions, in all files of a folder."""
    for path in sorted(folder.rglob('*.py')):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Call) and _name(node.func) in calls:
                yield from filter(None, map(_text, node.args))


def classes(folder: Path) -> dict[str, tuple[str, ...]]:
    """Names of the classes that are defined in a folder, with those of their bases."""
    found = {}
    for path in sorted(folder.rglob('*.py')):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.ClassDef):
                found[node.name] = tuple(map(_name, node.bases))
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ''


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ''
    if isinstance(node, ast.JoinedStr):
        return ''.join(_text(part) if isinstance(part, ast.Constant) else FILLED for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return ''
