# SPDX-License-Identifier: Apache-2.0
"""Collecting modules whose generate_test_description is marked with pytest.mark.launch_test."""
from __future__ import annotations

import unittest
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.pathlib import ImportMode, import_path

from ..loader import LoadTestsFromPythonModule
from ..test_runner import LaunchTestRunner


class LaunchTestFailure(Exception):
    """Tests of a launch have failed."""

    def __init__(self, results: list[unittest.TestResult]) -> None:
        super().__init__('some test cases have failed')
        self.failures = [failure for result in results for failure in result.errors + result.failures]
        self.failures += [(test, 'unexpected success') for result in results for test in result.unexpectedSuccesses]


class LaunchTestItem(pytest.Item):
    """All launches and tests of a module."""

    def __init__(self, *, module: ModuleType, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._module = module

    def runtest(self) -> None:
        arguments = [argument for group in self.config.getoption('--launch-args') for argument in group]
        runner = LaunchTestRunner(LoadTestsFromPythonModule(self._module, name=self.name), arguments)
        runner.validate()
        results = [result for pair in runner.run().values() for result in pair]
        if not all(result.wasSuccessful() for result in results):
            raise LaunchTestFailure(results)

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> object:
        if not isinstance(excinfo.value, LaunchTestFailure):
            return super().repr_failure(excinfo)
        return '\n\n'.join(f'FAIL: {test.id()}\n{error}' for test, error in excinfo.value.failures)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f'launch tests: {self.name}'


class LaunchTestModule(pytest.File):
    """A file with launch tests."""

    def collect(self) -> list[LaunchTestItem]:
        return [LaunchTestItem.from_parent(self, name=self.path.stem, module=self.obj)]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Takes modules with a marked generate_test_description; leaves the others to pytest."""
    if b'generate_test_description' not in module_path.read_bytes():
        return None
    mode = parent.config.getoption('importmode')
    module = import_path(module_path, mode=ImportMode(mode), root=parent.config.rootpath,
                         consider_namespace_packages=parent.config.getini('consider_namespace_packages'))
    marks = getattr(getattr(module, 'generate_test_description', None), 'pytestmark', [])
    if not any(mark.name == 'launch_test' for mark in marks):
        return None
    collector = LaunchTestModule.from_parent(parent, path=module_path)
    collector.obj = module
    for mark in marks:
        collector.add_marker(getattr(pytest.mark, mark.name).with_args(*mark.args, **mark.kwargs))
    return collector


def pytest_addoption(parser: pytest.Parser) -> None:
    """Arguments for the launches."""
    parser.addoption('--launch-args', action='append', nargs='*', default=[], help='One or more Launch test arguments')


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line(
        'markers', 'launch_test: mark a generate_test_description function as a launch test entrypoint')
