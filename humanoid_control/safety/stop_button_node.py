# SPDX-License-Identifier: Apache-2.0
"""Node `stop_button`: tells the supervisor all the time whether a button on USB or GPIO is pressed."""

from __future__ import annotations

import sys
import time

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from std_msgs.msg import String

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.safety.button.button_report import ButtonReport, ButtonWord
from humanoid_control.safety.button.stop_buttons import EXPECTED, StopButtons, button_from

LOOK = 0.01  # [s] of real time between looks at the buttons
REPEAT = 0.05  # [s] between words without news
LEVELS = {
    ButtonWord.RELEASED: DiagnosticStatus.OK,
    ButtonWord.PRESSED: DiagnosticStatus.WARN,
    ButtonWord.LOST: DiagnosticStatus.ERROR,
}


class StopButtonNode(ProcessNode, Node):
    """Shell around StopButtons."""

    def __init__(self) -> None:
        super().__init__('stop_button', start_parameter_services=False)
        description = f'buttons, separated by blanks: {EXPECTED[len("expected "):]}'
        text = self.declare_parameter('buttons', '', ParameterDescriptor(description=description, read_only=True)).value
        if not text.split():
            raise ConfigurationError(f'parameter buttons is empty: {EXPECTED}')
        self._buttons = StopButtons([button_from(word) for word in text.split()])
        self._publisher = self.create_publisher(String, 'safety/button', 5)
        self._diagnostics = Diagnostics(self, 'buttons', text)
        self._presses = 0
        self._told = ''
        self._repeat_due = self._diagnose_due = 0.0

    def run(self) -> None:
        """Look until `stop`."""
        while not self.stop:
            now = time.monotonic()
            self._tell(self._buttons.look(now), now)
            time.sleep(LOOK)

    def close(self) -> None:
        """Give the buttons back."""
        self._buttons.close()

    def _tell(self, report: ButtonReport, now: float) -> None:
        text = str(report)
        if text == self._told and now < self._repeat_due:
            return
        if text != self._told:
            log = self.get_logger()
            log.info(text) if report.word is ButtonWord.RELEASED else log.error(text)
            self._presses += report.word is ButtonWord.PRESSED
        self._told, self._repeat_due = text, now + REPEAT
        self._publisher.publish(String(data=text))
        if now >= self._diagnose_due:
            self._diagnose_due = now + REPORT_PERIOD
            self._diagnostics.publish(LEVELS[report.word], text, {'word': report.word.value, 'presses': self._presses})


def main() -> int:
    """Watch the buttons until Ctrl-C; 1 when a description is bad."""
    return run_process('stop_button', StopButtonNode)


if __name__ == '__main__':
    sys.exit(main())
