# SPDX-License-Identifier: Apache-2.0
"""Makes the helper modules of this folder importable under pytest's importlib mode."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
