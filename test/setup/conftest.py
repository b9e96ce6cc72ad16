# SPDX-License-Identifier: Apache-2.0
"""The set-up tool's modules, which import each other as scripts do."""
from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'tools' / 'set_up'))
