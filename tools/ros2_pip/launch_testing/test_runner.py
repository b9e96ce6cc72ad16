# SPDX-License-Identifier: Apache-2.0
"""Running launch tests."""
from __future__ import annotations

import threading
import unittest

from launch import LaunchDescription, LaunchDescriptionSource, LaunchService
from launch.actions import IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit, OnProcessIO, OnProcessStart

from .io_handler import ActiveIoHandler
from .loader import TestRun, bind, tests_in
from .proc_info_handler import ActiveProcInfoHandler


class LaunchTestRunner:
    """Runs launches, the tests during each in a thread, the tests after it in the main thread."""

    def __init__(self, test_runs: list[TestRun], launch_file_arguments: list[str] | None = None,
                 debug: bool = False) -> None:
        self._runs = test_runs
        self._arguments = dict(argument.split(':=', 1) for argument in launch_file_arguments or [])
        self._debug = debug

    def validate(self) -> None:
        """Raises Exception for what is wrong before anything runs."""
        for run in self._runs:
            run.validate()

    def run(self) -> dict[TestRun, list[unittest.TestResult]]:
        """Results of the tests during and after each launch."""
        results: dict[TestRun, list[unittest.TestResult]] = {}
        for run in self._runs:
            if len(self._runs) > 1:
                print(f'\nStarting test run {run}')
            results[run] = _Worker(run, self._arguments, self._debug).run()
        return results


class _Worker:
    """One launch with its tests."""

    def __init__(self, run: TestRun, arguments: dict[str, str], debug: bool) -> None:
        self._run = run
        self._arguments = arguments
        self._service = LaunchService(debug=debug)
        self._ready = threading.Event()
        self._completed = threading.Event()
        self._results: list[unittest.TestResult] = []

    def run(self) -> list[unittest.TestResult]:
        description, context = self._run.describe(self._ready.set)
        proc_info, proc_output = ActiveProcInfoHandler(), ActiveIoHandler()
        values = {**context, **self._run.arguments, 'test_args': self._arguments}
        bind(self._run.pre_shutdown_tests, {
            **values, 'launch_service': self._service, 'proc_info': proc_info, 'proc_output': proc_output})
        bind(self._run.post_shutdown_tests, {
            **values, 'proc_info': proc_info._proc_info_handler, 'proc_output': proc_output._io_handler})
        self._service.include_launch_description(LaunchDescription([
            RegisterEventHandler(OnProcessStart(on_start=lambda event, _: proc_info.append(event))),
            RegisterEventHandler(OnProcessStart(on_start=lambda event, _: proc_output.track(event.process_name))),
            RegisterEventHandler(OnProcessExit(on_exit=lambda event, _: proc_info.append(event))),
            RegisterEventHandler(OnProcessIO(on_stdout=proc_output.append, on_stderr=proc_output.append)),
            IncludeLaunchDescription(LaunchDescriptionSource(launch_description=description),
                                     launch_arguments=self._arguments.items()),
        ]))
        # The launch needs the main thread for its signals, so the tests run in another one.
        thread = threading.Thread(target=self._test, name='test_runner_thread', daemon=True)
        thread.start()
        self._service.run(shutdown_when_idle=not self._run.markers.get('keep_alive', False))
        if not self._completed.is_set():
            self._ready.set()
            return [self._early_end(proc_info, proc_output)]
        thread.join()
        self._results.append(run_suite(self._run.post_shutdown_tests))
        return self._results

    def _test(self) -> None:
        if not self._ready.wait(self._run.timeout):
            print('Timed out waiting for processes to start up')
            self._service.shutdown()
            return
        if self._service.event_loop is None:
            return  # the launch has ended already
        try:
            self._results.append(run_suite(self._run.pre_shutdown_tests))
        finally:
            self._completed.set()
            self._service.shutdown()

    def _early_end(self, proc_info: ActiveProcInfoHandler, proc_output: ActiveIoHandler) -> unittest.TestResult:
        """A result in which every test has failed, after showing what the processes said."""
        print('Processes under test stopped before tests completed')
        for event in proc_info:
            code = getattr(event, 'returncode', None)
            if code == 0:
                continue
            print(f"Process '{event.process_name}' exited with {code}\n##### '{event.process_name}' output #####")
            for io in proc_output[event.process_name]:
                print(io.text.decode(errors='replace'), end='')
        result = unittest.TestResult()
        message = 'Launch stopped before the active tests finished.'
        for suite in (self._run.pre_shutdown_tests, self._run.post_shutdown_tests):
            for test in tests_in(suite):
                result.testsRun += 1
                result.addFailure(test, (AssertionError, AssertionError(message), None))
        return result


def run_suite(suite: unittest.TestSuite) -> unittest.TestResult:
    """Runs tests with a report on the terminal."""
    suite._cleanup = False  # the tests are named in the report of failures
    return unittest.TextTestRunner(verbosity=2).run(suite)
