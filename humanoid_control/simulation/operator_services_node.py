# SPDX-License-Identifier: Apache-2.0
"""What an operator or a test can do to the simulated world, and what it reports of itself."""
from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from builtin_interfaces.msg import Time
from geometry_msgs.msg import WrenchStamped
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.model.errors import HumanoidError
from humanoid_control.safety.heartbeat_node import Heartbeat
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.simulation.nut_line import SeatJudgement
from humanoid_control.simulation.world_judgement import WorldJudgement

if TYPE_CHECKING:
    from humanoid_control.simulation.simulator_node import SimulatorNode


class OperatorServices:
    """Services `simulation/pause`, `simulation/step`, `simulation/reset`, `simulation/hoist`, `line/next_part`, topic
    `simulation/push`.

    Reports on `simulation/score` (ground truth as JSON, for reports only) and on `diagnostics` once a second.
    """

    def __init__(self, node: SimulatorNode):
        self._node = node
        self._paused = False
        self._credit = 0
        self._report_due = 0.0
        self._judgement = WorldJudgement(node.order)
        self._heartbeat = Heartbeat(node, required=False)
        self._score = node.create_publisher(String, 'simulation/score', 10)
        self._diagnostics = Diagnostics(node, 'world', 'simulation')
        node.create_service(SetBool, 'simulation/pause', self._on_pause)
        node.create_service(Trigger, 'simulation/step', self._on_step)
        node.create_service(Trigger, 'simulation/reset', self._on_reset)
        node.create_service(Trigger, 'simulation/hoist', self._on_hoist)
        node.create_service(Trigger, 'line/next_part', self._on_next_part)
        node.create_subscription(WrenchStamped, 'simulation/push', self._on_push, 10)

    def may_step(self) -> bool:
        """Whether the world may do one more tick."""
        return not self._paused or self._credit > 0

    def stepped(self) -> None:
        """Note that the world did a tick, which uses up one that was granted while paused."""
        self._credit = max(0, self._credit - 1)

    def report(self) -> None:
        """Publish score and diagnostics when they are due."""
        self._heartbeat.listen()
        if time.monotonic() < self._report_due:
            return
        self._report_due = time.monotonic() + REPORT_PERIOD
        truth = self._node.stand_in.truth
        self._publish_score({'fallen': truth.fallen, 'pelvis_height': round(truth.base_height, 4)})
        self._publish_diagnostics()

    def _on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._paused, self._credit = request.data, 0
        response.success = True
        response.message = ('paused' if request.data else 'running') + f' at {self._node.stand_in.time:.3f} s'
        return response

    def _on_step(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = self._paused
        if not self._paused:
            response.message = 'not paused: call simulation/pause first'
            return response
        steps = int(self._node.parameters.number(self._node, 'steps'))
        self._credit += steps
        response.message = f'{steps} ticks granted at {self._node.stand_in.time:.3f} s'
        return response

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._node.stand_in.reset()
        self._node.partners.restart()
        response.success = True
        response.message = f'robot, casting and nuts are back at their start; time goes on from {self._node.stand_in.time:.3f} s'
        return response

    def _on_hoist(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """The supervisor decides: nobody lifts a robot that has power."""
        self._heartbeat.listen()
        if self._heartbeat.heard and self._heartbeat.category is not StopCategory.POWER_OFF:
            response.success = False
            response.message = 'the robot has power: stop it, and wait until the supervisor has switched it off'
            return response
        self._node.stand_in.hoist()
        self._node.partners.restart()
        response.success = True
        response.message = 'the robot hangs upright at its start; reset lets it stand'
        return response

    def _on_next_part(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        stand_in = self._node.stand_in
        cycle = stand_in.cycle + 1
        try:
            judgement = stand_in.next_part()
        except HumanoidError as error:
            response.success, response.message = False, str(error)
            return response
        score = {'cycle': cycle, **describe(judgement)}
        self._publish_score(score)
        response.success, response.message = True, json.dumps(score)
        return response

    def _on_push(self, message: WrenchStamped) -> None:
        force, torque = message.wrench.force, message.wrench.torque
        duration = self._node.parameters.number(self._node, 'push_duration')
        try:
            self._node.stand_in.push(message.header.frame_id, (force.x, force.y, force.z), duration,
                                     (torque.x, torque.y, torque.z), in_body_axes=True)
        except HumanoidError as error:
            self._node.get_logger().warning(f'simulation/push refused: {error}')
            return
        self._node.get_logger().info(f'pushing {message.header.frame_id} with ({force.x:g}, {force.y:g}, {force.z:g}) N '
                                     f'for {duration:g} s')

    def _publish_score(self, score: dict[str, Any]) -> None:
        node = self._node
        truth = node.stand_in.truth
        score |= {'falls': truth.falls, 'bumps': truth.bumps.number, 'last_bump': truth.bumps.last,
                  'time': round(node.stand_in.time, 3), 'real_time_factor': round(node.pace.factor, 3), 'misses': node.misses}
        self._score.publish(String(data=json.dumps(score)))

    def _publish_diagnostics(self) -> None:
        node, truth = self._node, self._node.stand_in.truth
        level, message = self._judgement.judge(node.misses, node.lost, self._paused)
        values = {'simulated time [s]': f'{node.stand_in.time:.3f}', 'real-time factor': f'{node.pace.factor:.2f}',
                  'power': 'on' if node.stand_in.robot.powered else 'off', 'misses': node.misses,
                  'commands overtaken': node.order.overtaken, 'lock-step': not node.settings.realtime,
                  'falls': truth.falls, 'bumps': truth.bumps.number, 'last bump': truth.bumps.last or 'none'}
        seconds, nanoseconds = divmod(node.stand_in.time_ns, 1_000_000_000)
        self._diagnostics.publish(level.byte, message, values, Time(sec=seconds, nanosec=nanoseconds))


def describe(judgement: dict[str, SeatJudgement]) -> dict[str, Any]:
    """Judgement of all pins for a message: `side: seated` and `side_detail`."""
    described: dict[str, Any] = {side: seat.seated for side, seat in judgement.items()}
    described.update({f'{side}_detail': seat.as_dict() for side, seat in judgement.items()})
    return described
