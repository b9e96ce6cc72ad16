# SPDX-License-Identifier: Apache-2.0
"""Output of a command."""
from __future__ import annotations

import shlex
import subprocess

from .. import logging
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from .substitution_failure import SubstitutionFailure

ON_STDERR = ('fail', 'ignore', 'warn', 'capture')


class Command(Substitution):
    """What a command writes to its standard output, e.g. xacro."""

    def __init__(self, command: SomeSubstitutionsType, *, on_stderr: SomeSubstitutionsType = 'fail') -> None:
        self._command = normalize_to_list_of_substitutions(command)
        self._on_stderr = normalize_to_list_of_substitutions(on_stderr)

    @property
    def command(self) -> list[Substitution]:
        """The command line."""
        return self._command

    def describe(self) -> str:
        return f"Command({' + '.join(part.describe() for part in self._command)})"

    def perform(self, context: LaunchContext) -> str:
        line = perform_substitutions(context, self._command)
        on_stderr = perform_substitutions(context, self._on_stderr)
        if on_stderr not in ON_STDERR:
            raise SubstitutionFailure(f"expected 'on_stderr' to be one of {', '.join(ON_STDERR)}, got '{on_stderr}'")
        try:
            result = subprocess.run(
                shlex.split(line), stdout=subprocess.PIPE, text=True, check=False,
                stderr=subprocess.STDOUT if on_stderr == 'capture' else subprocess.PIPE)
        except FileNotFoundError as error:
            raise SubstitutionFailure(f'file not found: {error}') from error
        if result.returncode != 0:
            captured = f'\nCaptured stderr output: {result.stderr}' if result.stderr else ''
            raise SubstitutionFailure(f'executed command failed. Command: {line}{captured}')
        if result.stderr:
            message = (f'executed command showed stderr output. Command: {line}\n'
                       f'Captured stderr output:\n{result.stderr}')
            if on_stderr == 'fail':
                raise SubstitutionFailure(message)
            if on_stderr == 'warn':
                logging.get_logger('launch').warning(message)
        return result.stdout
