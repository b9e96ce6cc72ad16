# SPDX-License-Identifier: Apache-2.0
"""Results of benchmarks: what was not measured stays."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.results_file import Circumstances, keep, versions


def test_a_run_without_the_peers_keeps_their_figures(tmp_path: Path):
    file = tmp_path / 'results' / 'some.json'
    keep(file, {'tick': {'p50_us': 3.0, 'p99_us': 4.0}, 'peers': {'a': {'p50_us': 9.0}, 'b': {'p50_us': 8.0}}})
    keep(file, {'tick': {'p50_us': 2.0}, 'peers': {}})
    assert json.loads(file.read_text()) == {'tick': {'p50_us': 2.0}, 'peers': {'a': {'p50_us': 9.0}, 'b': {'p50_us': 8.0}}}
    keep(file, {'other': 1, 'peers': {'b': {'p50_us': 7.0}}})
    assert json.loads(file.read_text()) == {'tick': {'p50_us': 2.0}, 'peers': {'a': {'p50_us': 9.0}, 'b': {'p50_us': 7.0}}, 'other': 1}


def test_figures_say_when_and_how_busy_the_machine_was():
    told = Circumstances().told()
    assert told['load'] >= 0.0 and told['cores'] >= 1 and str(told['at']).endswith('+00:00')


def test_versions_are_those_of_the_other_python():
    found = versions(sys.executable, 'numpy', 'no-such-package')
    assert list(found) == ['numpy'] and found['numpy'][0].isdigit()
