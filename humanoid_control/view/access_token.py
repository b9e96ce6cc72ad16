# SPDX-License-Identifier: Apache-2.0
"""The token that opens the browser view to a network."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from humanoid_control.view.access_gate import LOCAL_HOSTS
from humanoid_control.view.errors import ViewError


def access_token(host: str, token_file: str) -> str | None:
    """Token for a page at `host`: from the file, a new one without a file, None for a local address.

    Raises ViewError when the file cannot be read or holds no usable token.
    """
    if not token_file:
        return None if host in LOCAL_HOSTS else secrets.token_urlsafe(16)
    try:
        token = Path(token_file).read_text(encoding='utf-8').strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ViewError(f'view: token_file {token_file!r} cannot be read: {error}') from error
    if not re.fullmatch(r'[A-Za-z0-9_-]{8,}', token):
        raise ViewError(f'view: token_file {token_file!r}: expected at least 8 letters, digits, _ or - on one line')
    return token
