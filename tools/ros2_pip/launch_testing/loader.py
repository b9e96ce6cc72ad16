# SPDX-License-Identifier: Apache-2.0
"""Finding the tests of a module with generate_test_description."""
from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator
from types import ModuleType

from launch import LaunchDescription, LaunchDescriptionEntity

from .actions import ReadyToTest

START_TIMEOUT = 15.0  # for ReadyToTest [s]


class TestRun:
    """One launch and the tests to run while it runs and after its end."""

    def __init__(self, name: str, description_function: Callable, arguments: dict[str, object],
                 module: ModuleType) -> None:
        self.name = name
        self.arguments = arguments
        self._function = description_function
        origin = getattr(description_function, 'func', description_function)
        self.timeout = getattr(origin, '__ready_to_test_action_timeout__', START_TIMEOUT)
        self.markers = getattr(origin, '__markers__', {})
        self.pre_shutdown_tests = load_tests(module, post_shutdown=False)
        self.post_shutdown_tests = load_tests(module, post_shutdown=True)

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.arguments.values()))}]" if self.arguments else self.name

    def validate(self) -> None:
        """Raises Exception if generate_test_description wants arguments that nobody gives."""
        missing = [name for name, parameter in inspect.signature(self._function).parameters.items()
                   if parameter.default is parameter.empty and name not in self.arguments]
        if missing:
            raise Exception(f'generate_test_description has unexpected extra argument {missing[0]!r}')

    def describe(self, on_ready: Callable[[], None]) -> tuple[LaunchDescription, dict[str, object]]:
        """(Launch description, context for the tests).

        Raises Exception if the description has no ReadyToTest action.
        """
        result = self._function()
        description, context = result if isinstance(result, tuple) else (result, {})
        action = next(ready_actions(description.entities), None)
        if action is None:
            raise Exception('generate_test_description functions must return a LaunchDescription containing a '
                            'ReadyToTest action')
        action._add_callback(on_ready)
        return description, context


def ready_actions(entities: list[LaunchDescriptionEntity]) -> Iterator[ReadyToTest]:
    """All ReadyToTest actions below the entities."""
    for entity in entities:
        if isinstance(entity, ReadyToTest):
            yield entity
        yield from ready_actions(entity.describe_sub_entities())
        for _, conditional_entities in entity.describe_conditional_sub_entities():
            yield from ready_actions(conditional_entities)


def load_tests(module: ModuleType, *, post_shutdown: bool) -> unittest.TestSuite:
    """The module's tests for one of the two times, in classes of their own for each run."""
    suite = unittest.TestSuite()
    for _, test_class in inspect.getmembers(module, inspect.isclass):
        if not issubclass(test_class, unittest.TestCase):
            continue
        if getattr(test_class, '__post_shutdown_test__', False) == post_shutdown:
            own = type(test_class.__name__, (test_class,), {'__module__': test_class.__module__})
            suite.addTest(unittest.defaultTestLoader.loadTestsFromTestCase(own))
    return suite


def tests_in(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The single tests."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def bind(suite: unittest.TestSuite, values: dict[str, object]) -> None:
    """Gives values to the test methods that have arguments of their names, and to the tests as attributes."""
    def bound(function: Callable) -> Callable:
        wanted = inspect.signature(function).parameters
        return functools.partial(function, **{name: value for name, value in values.items() if name in wanted})

    tests = list(tests_in(suite))
    for test_class in {type(test) for test in tests}:
        for name, value in values.items():
            if not hasattr(test_class, name):
                setattr(test_class, name, value)
        for name in ('setUpClass', 'tearDownClass'):
            setattr(test_class, name, bound(getattr(test_class, name)))
    for test in tests:
        for name in (test._testMethodName, 'setUp', 'tearDown'):
            setattr(test, name, bound(getattr(test, name)))


def LoadTestsFromPythonModule(module: ModuleType, *, name: str = 'launch_tests') -> list[TestRun]:
    """The runs of a module: one, or one for each set of parameters."""
    function = module.generate_test_description
    runs = function() if getattr(function, '__parametrized__', False) else [(function, {})]
    return [TestRun(name, description_function, arguments, module) for description_function, arguments in runs]
