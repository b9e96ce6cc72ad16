# SPDX-License-Identifier: Apache-2.0
"""The topics of those who work on what the simulator sends, and the world's patience with them."""
from __future__ import annotations

import time

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, Header

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.simulation.configuration import NodeSettings
from humanoid_control.simulation.message_templates import DoubleArray, read_header, read_stamp
from humanoid_control.simulation.pacing import Partner, Partners
from humanoid_control.simulation.stand_in import StandIn

WAIT = 0.05                 # [s] of wall time that one look at a late partner takes at most
PRESENCE_EVERY = 100        # ticks between looks at who is there
KEPT = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
FRAMES = QoSProfile(depth=20, reliability=ReliabilityPolicy.BEST_EFFORT)


class PartnerTopics:
    """Kinematics, camera and perception: the world does not run away from them."""

    def __init__(self, node: Node, stand_in: StandIn, settings: NodeSettings):
        self._node, self._stand_in = node, stand_in
        patience = settings.pacing_timeout
        self._references = PolledSubscription(node, JointState, 'whole_body/reference', NEWEST)
        self._kinematics = Partner('whole_body/reference', round(settings.pacing_lag * 1e9), patience, self._note_silence)
        self._world_state = DoubleArray(stand_in.world.snapshot_size)
        self._world_publisher = node.create_publisher(Float64MultiArray, 'simulation/world_state', KEPT)
        self._drawn = PolledSubscription(node, Header, 'simulation/camera_frame', NEWEST)
        self._camera_period = round(1e9 / settings.camera_rate)
        self._camera = Partner('camera', self._camera_period, patience, self._note_silence)
        self._camera_due = 0
        self._single = ((self._kinematics, self._references), (self._camera, self._drawn))
        self._looked = PolledSubscription(node, Header, 'detections/frame', FRAMES)
        self._perception = Partners(round(settings.perception_lag * 1e9), settings.perception_timeout, self._note_silence)

    def wait(self) -> bool:
        """Whether the world may go on; waits a little when somebody is behind."""
        now = self._stand_in.time_ns
        for partner, subscription in self._single:
            if not partner.holds_up(now, time.monotonic()):
                continue
            self._hear_of(partner, subscription, WAIT)
            if partner.holds_up(now, time.monotonic()):
                return False
        if not self._perception.hold_up(now, time.monotonic()):
            return True
        self._hear_perception(WAIT)
        return not self._perception.hold_up(now, time.monotonic())

    def stepped(self, ticks: int) -> None:
        """After a tick, the `ticks`-th: send the cameras their world when it is due, look who is there."""
        now = self._stand_in.time_ns
        if ticks % PRESENCE_EVERY == 1:
            self._kinematics.set_present(self._node.count_publishers('whole_body/reference') > 0, now)
            self._camera.set_present(self._world_publisher.get_subscription_count() > 0, now)
            self._hear()
            if not self._node.count_publishers('detections/frame'):
                self._perception.forget()
        if now >= self._camera_due:
            self._camera_due = now + self._camera_period
            if self._world_publisher.get_subscription_count() > 0:
                self._stand_in.world.snapshot(self._world_state.values)
                self._world_state.values[0] = self._stand_in.time
                self._world_publisher.publish(self._world_state.pack())

    def restart(self) -> None:
        """Treat all as up to date, after a pause or a reset."""
        for partner in (self._kinematics, self._camera, self._perception):
            partner.restart(self._stand_in.time_ns)

    def _hear(self) -> None:
        """Look, without waiting, who speaks again that fell silent, and who is new."""
        for partner, subscription in self._single:
            if partner.silent:
                self._hear_of(partner, subscription)
        self._hear_perception()

    @staticmethod
    def _hear_of(partner: Partner, subscription: PolledSubscription, timeout: float = 0.0) -> None:
        message = subscription.wait(timeout)
        while message is not None:
            partner.heard(read_stamp(message))
            message = subscription.take()

    def _hear_perception(self, timeout: float = 0.0) -> None:
        message = self._looked.wait(timeout)
        while message is not None:
            stamp, name = read_header(message)
            self._perception.heard(name, stamp)
            message = self._looked.take()

    def _note_silence(self, partner: Partner) -> None:
        self._node.get_logger().warning(
            f'{partner.name} has been silent for {partner.timeout:g} s: the world no longer waits for it')
