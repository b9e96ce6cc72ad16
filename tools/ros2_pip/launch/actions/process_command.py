# SPDX-License-Identifier: Apache-2.0
"""What to run."""
from __future__ import annotations

import itertools
import os
import re
import shlex
from collections.abc import Iterable

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..substitutions import LaunchConfiguration
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions

Variables = dict[SomeSubstitutionsType, SomeSubstitutionsType]
_numbers = itertools.count(1)  # of all processes of this Python process, as in [name-N]


def optional_list(value: SomeSubstitutionsType | None) -> list[Substitution] | None:
    """None or a list of substitutions."""
    return None if value is None else normalize_to_list_of_substitutions(value)


class ProcessCommand:
    """Command line, name, folder and environment of a process; the final_ ones are text, known at the start."""

    def __init__(self, cmd: Iterable[SomeSubstitutionsType], prefix: SomeSubstitutionsType | None,
                 name: SomeSubstitutionsType | None, cwd: SomeSubstitutionsType | None, env: Variables | None,
                 additional_env: Variables | None) -> None:
        self.cmd = [normalize_to_list_of_substitutions(part) for part in cmd]
        self.name = optional_list(name)
        self._prefix = optional_list(prefix)
        self._cwd = optional_list(cwd)
        self._env = env
        self._additional_env = additional_env or {}
        self.final_cmd: list[str] | None = None
        self.final_name: str | None = None
        self.final_cwd: str | None = None
        self.final_env: dict[str, str] | None = None

    def prepare(self, context: LaunchContext) -> None:
        """Finds out the final texts."""
        def text(part: SomeSubstitutionsType) -> str:
            return perform_substitutions(context, normalize_to_list_of_substitutions(part))

        command = [text(part) for part in self.cmd]
        self.final_cmd = self._prefix_words(context, command[0]) + command
        name = os.path.basename(self.final_cmd[0]) if self.name is None else text(self.name)
        self.final_name = f'{name}-{next(_numbers)}'
        self.final_cwd = None if self._cwd is None else text(self._cwd)
        variables = dict(context.environment) if self._env is None else {
            text(key): text(value) for key, value in self._env.items()}
        self.final_env = {**variables, **{text(key): text(value) for key, value in self._additional_env.items()}}

    def _prefix_words(self, context: LaunchContext, executable: str) -> list[str]:
        """Words before the command: the prefix given, or launch-prefix where launch-prefix-filter matches."""
        if self._prefix is not None:
            return shlex.split(perform_substitutions(context, self._prefix))
        prefix = LaunchConfiguration('launch-prefix', default='').perform(context)
        pattern = LaunchConfiguration('launch-prefix-filter', default='').perform(context)
        return shlex.split(prefix) if re.match(pattern, os.path.basename(executable)) else []
