# SPDX-License-Identifier: Apache-2.0
"""ROS node behind the browser view."""

from __future__ import annotations

import functools
import platform
import queue
import sys

import rclpy
from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future
from std_srvs.srv import SetBool, Trigger

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import HumanoidError, RobotConfiguration, StationConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.balance_figures import BalanceFigures
from humanoid_control.view.access_gate import AccessGate
from humanoid_control.view.access_token import access_token
from humanoid_control.view.settings import ViewSettings
from humanoid_control.view.view_state import ViewState
from humanoid_control.view.view_topics_node import ViewTopics
from humanoid_control.view.web_page import Button, WebPage

ANSWER_TIMEOUT = 1.0  # [s] a service that takes longer is reported
UNANSWERED = 'no answer from {name}: is the supervisor running? If the robot must stop now, use the hardware stop'


class ViewNode(ProcessNode, Node):
    """Receives and draws while somebody watches, and sleeps otherwise."""

    def __init__(self) -> None:
        super().__init__('view')
        settings = ViewSettings.load(
            self._text('view_file', str(share_path('config', 'view.yaml')), 'settings of the view')
        )
        robot = RobotConfiguration.load(
            self._text('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')), 'robot file')
        )
        station = StationConfiguration.load(
            self._text(
                'station_file', str(share_path('config', 'stations', 'nut_station.yaml')), 'drawing of the station'
            )
        )
        host = self._text(
            'host', settings.host, 'address of the page; other than 127.0.0.1: open to a network, with a token'
        )
        token_file = self._text(
            'token_file', settings.token_file, 'file with the token; empty: a new one at each start'
        )
        port = self.declare_parameter(
            'port', settings.port, ParameterDescriptor(description='port of the page; 0: a free one', read_only=True)
        ).value
        self._settings = settings
        self._sides = tuple(robot.legs)
        tree = LinkTree(load_urdf(share_path(robot.urdf)))
        self._figures = BalanceFigures(tree, robot)
        self._state = ViewState()
        self._topics: ViewTopics | None = None
        self._pressed: queue.SimpleQueue[Button] = queue.SimpleQueue()
        self._button_clients = {
            Button.STOP: self.create_client(Trigger, 'safety/stop'),
            Button.RESET: self.create_client(Trigger, 'safety/reset'),
            Button.PAUSE: self.create_client(Trigger, 'safety/hold'),
            Button.HOIST: self.create_client(Trigger, 'simulation/hoist'),
            Button.FREEZE: self.create_client(SetBool, 'simulation/pause'),
        }
        # other threads only put into the queue and trigger: all else happens in the thread that spins this node
        self._wake = self.create_guard_condition(self._on_wake)
        self._page = WebPage(
            settings,
            tree,
            station,
            title=f'{robot.name} {self.get_namespace()}'.rstrip(' /'),
            on_button=self._on_button,
            on_viewers=self._wake.trigger,
        )
        steady = Clock(clock_type=ClockType.STEADY_TIME)  # simulated time may stand still
        rates = settings.rates
        self._steps = [
            self.create_timer(1.0 / rate, step, clock=steady, autostart=False)
            for rate, step in (
                (rates.motion, self._show_motion),
                (rates.text, self._show_text),
                (rates.cameras, self._show_pictures),
            )
        ]
        self._diagnostics = Diagnostics(self, 'page', platform.node())
        self.create_timer(REPORT_PERIOD, self._report, clock=steady)
        token = access_token(host, token_file)
        try:
            self._gate = AccessGate(host, port, self._page.address, token)
        except HumanoidError:
            self._page.close()
            raise
        if self._page.undrawn:
            self.get_logger().warning(f'meshes that cannot be read: {", ".join(self._page.undrawn)}')
        self.get_logger().info(f'robot in the browser: {self.address}')
        if token is not None:
            # not through the logger: everything logged can be read on /rosout
            print(f'[view] open {self.address}?token={token}', flush=True)

    @property
    def address(self) -> str:
        """Where to open the page, without token."""
        return f'http://{self._gate.host}:{self._gate.port}/'

    def close(self) -> None:
        """End page and door."""
        self._gate.close()
        self._page.close()

    def _text(self, name: str, default: str, description: str) -> str:
        descriptor = ParameterDescriptor(description=description, read_only=True)
        return self.declare_parameter(name, default, descriptor).get_parameter_value().string_value

    def _on_button(self, button: Button) -> None:
        self._pressed.put(button)
        self._wake.trigger()

    def _on_wake(self) -> None:
        while not self._pressed.empty():
            self._carry_out(self._pressed.get())
        watched = self._page.viewers > 0
        if watched and self._topics is None:
            self._topics = ViewTopics(
                self, self._sides, self._settings.cameras, self._settings.silent_after, self._state
            )
            for timer in self._steps:
                timer.reset()
        elif not watched and self._topics is not None:
            for timer in self._steps:
                timer.cancel()
            self._topics.close()
            self._topics = None

    def _carry_out(self, button: Button) -> None:
        client = self._button_clients[button]
        self.get_logger().info(f'{button.value} pressed in the browser')
        if not client.service_is_ready():
            self._answer(UNANSWERED.format(name=client.srv_name))
            return
        request = SetBool.Request(data=not self._state.paused) if button is Button.FREEZE else Trigger.Request()
        future = client.call_async(request)
        self._answer(f'{button.value} ...')
        late = self.create_timer(
            ANSWER_TIMEOUT, lambda: self._on_late(late, client, future), clock=Clock(clock_type=ClockType.STEADY_TIME)
        )
        future.add_done_callback(functools.partial(self._on_answer, button, request))

    def _on_late(self, timer: rclpy.timer.Timer, client: rclpy.client.Client, future: Future) -> None:
        self.destroy_timer(timer)
        if not future.done():
            client.remove_pending_request(future)
            self._answer(UNANSWERED.format(name=client.srv_name))

    def _on_answer(self, button: Button, request: SetBool.Request | Trigger.Request, future: Future) -> None:
        response = future.result()
        if response is None:  # taken back by _on_late
            return
        if button is Button.FREEZE and response.success:
            self._state.paused = request.data
        self._answer(f'{button.value}: {response.message or ("done" if response.success else "refused")}')

    def _answer(self, text: str) -> None:
        self._state.answer = text
        self._page.show_text(self._state)

    def _report(self) -> None:
        viewers, silent = self._page.viewers, self._state.silent if self._topics else ()
        level, message = DiagnosticStatus.OK, f'{viewers} watching' if viewers else 'nobody watches'
        if silent:
            level, message = DiagnosticStatus.WARN, f'{message}; silent: {", ".join(silent)}'
        self._diagnostics.publish(level, message, {'viewers': viewers, 'address': self.address})

    def _show_motion(self) -> None:
        self._topics.read_motion()
        self._state.balance = self._figures.compute(self._state.sample)
        self._page.show_motion(self._state)

    def _show_text(self) -> None:
        self._topics.read_text()
        self._state.hoist = self._button_clients[Button.HOIST].service_is_ready()
        if not self._button_clients[Button.FREEZE].service_is_ready():
            self._state.paused = None
        elif self._state.paused is None:
            self._state.paused = False
        self._page.show_text(self._state)

    def _show_pictures(self) -> None:
        self._topics.read_pictures()
        self._page.show_pictures(self._state)


def main() -> int:
    """Serve the page until Ctrl-C; 1 when it cannot be served."""
    return run_process('view', ViewNode)


if __name__ == '__main__':
    sys.exit(main())
