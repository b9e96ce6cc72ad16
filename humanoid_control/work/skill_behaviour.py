# SPDX-License-Identifier: Apache-2.0
"""A generator skill as a leaf of a behaviour tree."""
from __future__ import annotations

from collections.abc import Callable

import py_trees

from humanoid_control.work.failure import WorkFailure
from humanoid_control.work.hand import Steps


class SkillBehaviour(py_trees.behaviour.Behaviour):
    """Runs a skill one control period a tick: RUNNING until it returns, FAILURE when it raises WorkFailure.

    Args:
        name: shown as the stage of the work.
        skill: makes the generator each time the behaviour is entered.
        on_failure: told the failure before the tree goes on.
    """

    def __init__(self, name: str, skill: Callable[[], Steps], on_failure: Callable[[WorkFailure], None]):
        super().__init__(name)
        self._skill = skill
        self._on_failure = on_failure
        self._steps: Steps | None = None

    def initialise(self) -> None:
        """Begin the skill anew."""
        self._steps = self._skill()

    def update(self) -> py_trees.common.Status:
        """Run it up to its next yield."""
        try:
            next(self._steps)
        except StopIteration:
            return py_trees.common.Status.SUCCESS
        except WorkFailure as failure:
            self.feedback_message = f'{failure.code.value}: {failure}'
            self._on_failure(failure)
            return py_trees.common.Status.FAILURE
        return py_trees.common.Status.RUNNING

    def terminate(self, new_status: py_trees.common.Status) -> None:
        """Drop the skill when the tree interrupts it."""
        if self._steps is not None:
            self._steps.close()
            self._steps = None
