# SPDX-License-Identifier: Apache-2.0
"""Runs launch descriptions."""
from __future__ import annotations

import asyncio
import logging as python_logging
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ros2_pip.unsupported import refuse_arguments

from . import logging
from .event import Event
from .event_handler import EventHandler
from .event_handlers import OnShutdown
from .events import IncludeLaunchDescription, Shutdown
from .launch_context import LaunchContext
from .launch_description import LaunchDescription
from .launch_description_entity import LaunchDescriptionEntity
from .utilities import normalize_to_list_of_entities, visit_all_entities_and_collect_futures


class _OnInclude(EventHandler):
    """Visits launch descriptions that are to be included."""

    def __init__(self) -> None:
        super().__init__(matcher=lambda event: isinstance(event, IncludeLaunchDescription))

    def handle(self, event: IncludeLaunchDescription, context: LaunchContext) -> LaunchDescription:
        super().handle(event, context)
        return event.launch_description


class LaunchService:
    """The event loop of a launch, from the first entity to the last process's end."""

    def __init__(self, *, argv: Iterable[str] | None = None, noninteractive: bool = False, debug: bool = False,
                 **unknown: object) -> None:
        refuse_arguments(self, unknown)
        logging.launch_config.level = python_logging.DEBUG if debug else python_logging.INFO
        self._logger = logging.get_logger('launch')
        self._context = LaunchContext(argv=argv, noninteractive=noninteractive)
        self._context.register_event_handler(_OnInclude())
        self._context.register_event_handler(OnShutdown(on_shutdown=self._note_shutdown))
        self._pending: list[tuple[LaunchDescriptionEntity, asyncio.Future]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_lock = threading.RLock()
        self._shutting_down = False
        self._return_code = 0

    @property
    def context(self) -> LaunchContext:
        """State of the launch."""
        return self._context

    @property
    def event_loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop while running."""
        return self._loop

    def include_launch_description(self, launch_description: LaunchDescription) -> None:
        """Visits a launch description, now or as soon as the service runs; from any thread."""
        self.emit_event(IncludeLaunchDescription(launch_description))

    def emit_event(self, event: Event) -> None:
        """Queues an event; from any thread."""
        self._call(lambda: self._context.emit_event_sync(event))

    def shutdown(self, force_sync: bool = False) -> None:
        """Ends the launch if it runs; from any thread."""
        with self._loop_lock:
            if self._loop is not None:
                self._call(lambda: self._shutdown('LaunchService.shutdown() called', due_to_sigint=False))

    def _call(self, function: Callable[[], None]) -> None:
        """Runs a function in the loop's thread, or at once while nothing runs."""
        with self._loop_lock:
            if self._loop is None:
                function()
            else:
                self._loop.call_soon_threadsafe(function)

    def run(self, *, shutdown_when_idle: bool = True) -> int:
        """Runs until all is done or shut down; gives 0, or 1 after an error. Only in the main thread."""
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(self.run_async(shutdown_when_idle=shutdown_when_idle))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    async def run_async(self, *, shutdown_when_idle: bool = True) -> int:
        """As run(), in the running loop."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError('LaunchService can only be run in the main thread.')
        with self._running(asyncio.get_running_loop()):
            logging.log_launch_config(logger=self._logger)
            while True:
                try:
                    if self._is_idle():
                        if self._shutting_down:
                            return self._return_code
                        if shutdown_when_idle:
                            self._shutdown('idle', due_to_sigint=False)
                    await self._do_next()
                except Exception as error:  # whatever a launch file or handler raises ends the launch, in good order
                    self._logger.debug(traceback.format_exc())
                    message = f'Caught exception in launch (see debug for traceback): {error}'
                    self._logger.error(message)
                    self._return_code = 1
                    self._shutdown(message, due_to_sigint=False)

    @contextmanager
    def _running(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Signals and threads reach the loop inside."""
        with self._loop_lock:
            if self._loop is not None:
                raise RuntimeError('LaunchService cannot be run multiple times concurrently.')
            self._loop = loop
            self._context.asyncio_loop = loop
            self._context._event_arrived = asyncio.Event()
        reactions = {signal.SIGINT: self._on_sigint, signal.SIGTERM: self._on_sigterm, signal.SIGQUIT: self._on_sigterm}
        before = {number: signal.getsignal(number) for number in reactions}
        for number, reaction in reactions.items():
            loop.add_signal_handler(number, reaction, number)
        loop.set_exception_handler(self._on_loop_exception)
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)
            with self._loop_lock:
                self._loop = None
                self._context.asyncio_loop = None
                self._context._event_arrived = None
                self._shutting_down = False

    def _is_idle(self) -> bool:
        """True if no event waits and no work goes on."""
        self._pending = [pair for pair in self._pending if not pair[1].done()]
        context = self._context
        context._completion_futures = [future for future in context._completion_futures if not future.done()]
        return not (self._pending or context._completion_futures or context._event_queue)

    async def _do_next(self) -> None:
        """Handles one event, or waits for one or for the end of some work."""
        context = self._context
        if context._event_queue:
            self._process_event(context._event_queue.popleft())
            await asyncio.sleep(0)
            return
        context._event_arrived.clear()
        arrival = asyncio.ensure_future(context._event_arrived.wait())
        futures = [future for _, future in self._pending] + context._completion_futures
        done, _ = await asyncio.wait([arrival, *futures], return_when=asyncio.FIRST_COMPLETED)
        arrival.cancel()
        for future in done - {arrival}:
            if not future.cancelled() and future.exception() is not None:
                raise future.exception()

    def _process_event(self, event: Event) -> None:
        """Lets each handler that matches handle the event, and visits what they give."""
        for handler in tuple(self._context._event_handlers):
            if not handler.matches(event):
                continue
            self._context._push_locals()
            try:
                for entity in normalize_to_list_of_entities(handler.handle(event, self._context)):
                    self._pending += visit_all_entities_and_collect_futures(entity, self._context)
            finally:
                self._context._pop_locals()

    def _note_shutdown(self, event: Event, context: LaunchContext) -> None:
        self._shutting_down = True
        context.is_shutdown = True

    def _shutdown(self, reason: str, *, due_to_sigint: bool) -> None:
        """Begins the end, once. In the loop's thread."""
        if not self._shutting_down:
            self._shutting_down = True
            self._context.is_shutdown = True
            self._context.emit_event_sync(Shutdown(reason=reason, due_to_sigint=due_to_sigint))

    def _on_sigint(self, number: signal.Signals) -> None:
        message = 'user interrupted with ctrl-c (SIGINT)'
        if self._shutting_down:
            self._logger.warning(f'{message} again, ignoring...')
        else:
            self._logger.warning(message)
            self._shutdown('ctrl-c (SIGINT)', due_to_sigint=True)

    def _on_sigterm(self, number: signal.Signals) -> None:
        """Ends the processes too, so that none is orphaned, and lets the launch end with an error."""
        self._logger.error(f'user interrupted with {signal.Signals(number).name}, terminating...')
        self._return_code = 1
        self._shutdown(signal.Signals(number).name, due_to_sigint=False)

    def _on_loop_exception(self, loop: asyncio.AbstractEventLoop, details: dict) -> None:
        """An error that nobody waits for still makes the launch fail."""
        self._return_code = 1
        loop.default_exception_handler(details)
