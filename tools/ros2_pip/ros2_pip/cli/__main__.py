# SPDX-License-Identifier: Apache-2.0
"""python -m ros2_pip.cli, the same as ros2."""
from __future__ import annotations

import sys

from .main import main

sys.exit(main())
