# SPDX-License-Identifier: Apache-2.0
"""Running a process."""
from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable

from .. import logging
from ..action import Action
from ..event_handler import EventHandler
from ..event_handlers import OnProcessExit, OnShutdown
from ..events import Shutdown
from ..events.process import (
    ProcessExited,
    ProcessStarted,
    ProcessStderr,
    ProcessStdout,
    ProcessTargetedEvent,
    ShutdownProcess,
    SignalProcess,
)
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity
from ..some_types import SomeEntitiesType, SomeSubstitutionsType
from ..substitutions import LaunchConfiguration
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from ..utilities.type_utils import perform_typed_substitution
from .process_command import ProcessCommand
from .process_output import ProcessOutput
from .process_protocol import ProcessProtocol


class ExecuteProcess(Action):
    """Runs a process; its output goes to the screen or the log, its start and end are events."""

    def __init__(
            self, *, cmd: Iterable[SomeSubstitutionsType], prefix: SomeSubstitutionsType | None = None,
            name: SomeSubstitutionsType | None = None, cwd: SomeSubstitutionsType | None = None,
            env: dict[SomeSubstitutionsType, SomeSubstitutionsType] | None = None,
            additional_env: dict[SomeSubstitutionsType, SomeSubstitutionsType] | None = None, shell: bool = False,
            sigterm_timeout: SomeSubstitutionsType = LaunchConfiguration('sigterm_timeout', default=5),
            sigkill_timeout: SomeSubstitutionsType = LaunchConfiguration('sigkill_timeout', default=5),
            output: SomeSubstitutionsType | dict = 'log',
            output_format: str = '[{this.process_description.final_name}] {line}', cached_output: bool = False,
            log_cmd: bool = False,
            on_exit: SomeEntitiesType | Callable[[ProcessExited, LaunchContext], SomeEntitiesType | None] | None = None,
            respawn: bool | SomeSubstitutionsType = False, respawn_delay: float | None = None,
            respawn_max_retries: int = -1, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.process_description = ProcessCommand(cmd, prefix, name, cwd, env, additional_env)
        self._shell = shell
        self._sigterm_timeout = sigterm_timeout
        self._sigkill_timeout = sigkill_timeout
        self._output = ProcessOutput(self, output, output_format, cached=cached_output)
        self._log_cmd = log_cmd
        self._on_exit = on_exit
        self._respawn = respawn
        self._respawn_delay = respawn_delay or 0.0
        self._respawns_left = respawn_max_retries  # negative: without limit
        self._details: dict[str, object] | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._protocol: ProcessProtocol | None = None
        self._logger = logging.get_logger('launch')
        self._stopping: asyncio.Event | None = None
        self._interrupt = True
        self._completed: asyncio.Future | None = None

    @property
    def cmd(self) -> list:
        """The command line, as text once it is known."""
        return self.process_description.final_cmd or self.process_description.cmd

    @property
    def name(self) -> object:
        """The name, as [name-N] shows it once it is known."""
        return self.process_description.final_name or self.process_description.name

    @property
    def process_details(self) -> dict[str, object] | None:
        """Name, pid, cmd, cwd, env; None before the start."""
        return self._details

    @property
    def return_code(self) -> int | None:
        """Exit status; None while it runs."""
        return self._transport.get_returncode() if self._transport is not None else None

    def get_stdout(self) -> str:
        """What the process has written to its standard output; needs cached_output."""
        return self._output.cached('stdout')

    def get_stderr(self) -> str:
        """What the process has written to its standard error; needs cached_output."""
        return self._output.cached('stderr')

    def get_sub_entities(self) -> list[LaunchDescriptionEntity]:
        return self._on_exit if isinstance(self._on_exit, list) else []

    def get_asyncio_future(self) -> asyncio.Future | None:
        return self._completed

    def execute(self, context: LaunchContext) -> None:
        if self._completed is not None:
            raise RuntimeError(f"ExecuteProcess action '{self.name}': executed more than once")
        description = self.process_description
        description.prepare(context)
        self._details = {'action': self, 'name': description.final_name, 'cmd': description.final_cmd,
                         'cwd': description.final_cwd, 'env': description.final_env}
        if context.is_shutdown:
            return
        self._respawn = bool(perform_typed_substitution(context, self._respawn, bool))
        self._logger = logging.get_logger(description.final_name)
        self._output.open(context)
        self._completed = context.asyncio_loop.create_future()
        self._stopping = asyncio.Event()
        context.register_event_handler(_OnProcessTargeted(self))
        context.register_event_handler(OnShutdown(on_shutdown=self._on_launch_shutdown))
        if self._on_exit is not None:
            context.register_event_handler(OnProcessExit(target_action=self, on_exit=self._on_exit))
        context.asyncio_loop.create_task(self._run(context))

    async def _run(self, context: LaunchContext) -> None:
        """Starts the process, again if it is to be respawned, and tells of its start and end."""
        try:
            while await self._run_once(context) and self._respawn and self._respawns_left != 0:
                self._respawns_left -= 1
                try:
                    await asyncio.wait_for(self._stopping.wait(), self._respawn_delay)
                except TimeoutError:
                    pass
                if self._stopping.is_set() or context.is_shutdown:
                    break
        finally:
            self._completed.set_result(None)

    async def _run_once(self, context: LaunchContext) -> bool:
        """One life of the process; True if it was started and nobody asked it to stop."""
        loop, description = context.asyncio_loop, self.process_description
        command = description.final_cmd
        if self._log_cmd:
            self._logger.info(f"process details: cmd='{' '.join(command)}', cwd='{description.final_cwd}'")
        if self._stopping.is_set():
            return False
        self._protocol = ProcessProtocol(loop, self._on_start(context), self._on_data(context))
        options = {'cwd': description.final_cwd, 'env': description.final_env}
        try:
            if self._shell:
                self._transport, _ = await loop.subprocess_shell(lambda: self._protocol, ' '.join(command), **options)
            else:
                self._transport, _ = await loop.subprocess_exec(lambda: self._protocol, *command, **options)
        except OSError as error:
            self._logger.error(f'exception occurred while executing process: {error}')
            return False
        pid = self._transport.get_pid()
        stopper = loop.create_task(self._stop_when_asked(context))
        returncode = await self._protocol.complete
        stopper.cancel()
        if returncode == 0:
            self._logger.info(f'process has finished cleanly [pid {pid}]')
        else:
            line = ' '.join(part for part in command if part.strip())
            self._logger.error(f"process has died [pid {pid}, exit code {returncode}, cmd '{line}'].")
        self._output.flush()
        context.emit_event_sync(ProcessExited(returncode=returncode, **self._details))
        self._transport.close()
        return not self._stopping.is_set() and not context.is_shutdown

    def _on_start(self, context: LaunchContext) -> Callable[[int], None]:
        def on_start(pid: int) -> None:
            self._details['pid'] = pid
            self._logger.info(f'process started with pid [{pid}]')
            context.emit_event_sync(ProcessStarted(**self._details))

        return on_start

    def _on_data(self, context: LaunchContext) -> Callable[[int, bytes], None]:
        def on_data(stream: int, data: bytes) -> None:
            event = ProcessStdout if stream == 1 else ProcessStderr
            self._output.write('stdout' if stream == 1 else 'stderr', data)
            context.emit_event_sync(event(text=data, **self._details))

        return on_data

    def _on_launch_shutdown(self, event: Shutdown, context: LaunchContext) -> None:
        # A Ctrl-C at a terminal has reached the process already: it belongs to the terminal's foreground.
        self.ask_to_stop(interrupt=not event.due_to_sigint or context.noninteractive)

    def ask_to_stop(self, *, interrupt: bool) -> None:
        """Begins SIGINT, SIGTERM, SIGKILL; without interrupt the first is taken as sent."""
        if self._completed is None or self._completed.done() or self._stopping.is_set():
            return
        self._interrupt = interrupt
        self._stopping.set()

    async def _stop_when_asked(self, context: LaunchContext) -> None:
        """Waits for the wish to stop, then becomes less polite with time."""
        await self._stopping.wait()
        if self._interrupt:
            self.send(signal.SIGINT)
        waited, last = 0.0, signal.SIGINT
        for timeout, number in ((self._sigterm_timeout, signal.SIGTERM), (self._sigkill_timeout, signal.SIGKILL)):
            period = float(perform_substitutions(context, normalize_to_list_of_substitutions(timeout)))
            await asyncio.sleep(period)
            waited += period
            self._logger.error(f"process[{self._details['name']}] failed to terminate '{waited:g}' seconds after "
                               f"receiving '{last.name}', escalating to '{number.name}'")
            self.send(number)
            last = number

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if the process lives. Raises RuntimeError before the start."""
        if self._transport is None:
            raise RuntimeError('Signal event received before subprocess transport available.')
        if self._protocol.complete.done() or self._transport.get_returncode() is not None:
            return
        self._logger.info(f"sending signal '{number.name}' to process[{self._details['name']}]")
        self._transport.send_signal(number)


class _OnProcessTargeted(EventHandler):
    """Carries out events meant for one process."""

    def __init__(self, process: ExecuteProcess) -> None:
        super().__init__(
            matcher=lambda event: isinstance(event, ProcessTargetedEvent) and event.process_matcher(process))
        self._process = process

    def handle(self, event: ProcessTargetedEvent, context: LaunchContext) -> None:
        super().handle(event, context)
        if isinstance(event, SignalProcess):
            self._process.send(event.signal)
        elif isinstance(event, ShutdownProcess):
            self._process.ask_to_stop(interrupt=True)


ExecuteLocal = ExecuteProcess  # ROS's own name for the part that target_action and launch_testing look for
