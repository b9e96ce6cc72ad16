# SPDX-License-Identifier: Apache-2.0
"""The stop button: pressed, or not there."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.safety.button.button_report import ButtonWord
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import ButtonSettings


class ButtonMonitor:
    """A button speaks all the time, so that one that cannot speak stops the robot, too."""

    def __init__(self, settings: ButtonSettings):
        self._settings = settings

    def missing(self, observation: Observation) -> tuple[str, ...]:
        """The topic, when a button must be there and has not been heard."""
        return ('safety/button',) if self._settings.required and observation.button is None else ()

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `button_pressed`, `button_lost`."""
        button = observation.button
        if button is None:
            return
        silence = observation.wall - button.heard
        if button.word is ButtonWord.PRESSED:
            yield Finding('button_pressed', '', button.detail)
        if button.word is ButtonWord.LOST:
            yield Finding('button_lost', '', button.detail)
        elif silence > self._settings.silent:
            yield Finding('button_lost', '', f'safety/button has been silent for {silence:.1f} s')
