# SPDX-License-Identifier: Apache-2.0
"""Results files of benchmarks whose peers are not always there: what was not measured stays, with its date."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from pathlib import Path


class Circumstances:
    """When a measurement began and how busy the machine was before."""

    def __init__(self) -> None:
        self._at = datetime.datetime.now(datetime.UTC)
        self._load = os.getloadavg()[0]

    def told(self) -> dict[str, object]:
        """For a results file; the load is the average number of busy processes over the minute before."""
        return {'at': self._at.isoformat(timespec='minutes'), 'load': round(self._load, 2), 'cores': os.cpu_count()}


def keep(path: Path, figures: dict[str, object]) -> None:
    """Print the figures and write them into the file; those of other sections, and of other entries of `peers`, stay."""
    print(json.dumps(figures, indent=1))
    path.parent.mkdir(exist_ok=True)
    old = json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}
    merged = old | figures | {'peers': old.get('peers', {}) | figures.get('peers', {})}
    path.write_text(json.dumps(merged, indent=1) + '\n', encoding='utf-8')


def versions(python: str, *packages: str) -> dict[str, str]:
    """Versions of those of the packages that another Python has installed."""
    script = ('import json, sys\nfrom importlib.metadata import distributions\n'
              'print(json.dumps({d.name: d.version for d in distributions() if d.name in sys.argv[1:]}))')
    done = subprocess.run([python, '-c', script, *packages], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
