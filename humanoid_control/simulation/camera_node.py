# SPDX-License-Identifier: Apache-2.0
"""Node `camera`: the simulated head and wrist cameras, drawn in a process of their own."""
from __future__ import annotations

import os
import sys
import time

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Float64MultiArray, Header
from std_srvs.srv import SetBool

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model.errors import HumanoidError
from humanoid_control.model.robot_description import share_path
from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.message_templates import HeaderTemplate, ImageTemplate, read_double_array
from humanoid_control.simulation.simulated_cameras import SimulatedCameras, View, intrinsics
from humanoid_control.simulation.simulator_parameters_node import SimulatorParameters
from humanoid_control.simulation.world import World

NICENESS = 5           # the fast loop goes first
SILENCE = 2.0          # [s] of real time without a world to draw: the simulator waits or is gone
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)


class CameraNode(ProcessNode, Node):
    """Draws each world state that the simulator sends and says when it is done with it."""

    def __init__(self) -> None:
        os.nice(NICENESS)
        super().__init__('camera', automatically_declare_parameters_from_overrides=True)
        parameters = SimulatorParameters(self, more=('camera_file',))
        if not self.has_parameter('camera_file'):
            self.declare_parameter('camera_file', str(share_path('config', 'camera.yaml')),
                                   ParameterDescriptor(description='settings of the simulated cameras', read_only=True))
        configuration = CameraConfiguration.load(str(self.get_parameter('camera_file').value))
        robot = parameters.robot()
        world = World(robot.urdf, robot.configuration, parameters.site(), parameters.settings.world)
        self._cameras = SimulatedCameras(world, configuration, parameters.settings.sensors.noise)
        self._only_subscribed = configuration.only_subscribed
        self._topics = {name: _CameraTopics(self, name, self._cameras) for name in self._cameras.cameras}
        self._done = HeaderTemplate('')
        self._done_publisher = self.create_publisher(Header, 'simulation/camera_frame', NEWEST)
        self.create_service(SetBool, 'camera/cover', self._on_cover)
        self.create_subscription(Float64MultiArray, 'simulation/world_state', self._on_world_state, NEWEST, raw=True)
        self._refused = ''
        self._drawn = dict.fromkeys(self._cameras.cameras, 0)
        self._heard = time.monotonic()
        self._stamp = 0          # [ns] of the newest world state
        self._diagnostics = Diagnostics(self, 'cameras', 'simulation')
        # real time: simulated time may stand still
        self.create_timer(REPORT_PERIOD, self._report, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Give OpenGL's memory back."""
        self._cameras.close()

    def _on_world_state(self, message: bytes) -> None:
        self._heard = time.monotonic()
        try:
            snapshot = read_double_array(message)
            stamp = self._stamp = round(float(snapshot[0]) * 1e9)
            wanted = [name for name in self._cameras.due(snapshot[0])
                      if not self._only_subscribed or self._topics[name].wanted()]
            for view in self._cameras.look(snapshot, wanted) if wanted else ():
                self._topics[view.camera].publish(view, stamp)
                self._drawn[view.camera] += 1
        except (HumanoidError, ValueError) as error:
            if str(error) != self._refused:
                self._refused = str(error)
                self.get_logger().error(f'simulation/world_state refused: {error}')
            return
        self._refused = ''
        self._done_publisher.publish(self._done.pack(stamp))

    def _report(self) -> None:
        level, message = DiagnosticStatus.OK, 'drawing'
        if self._refused:
            level, message = DiagnosticStatus.ERROR, f'simulation/world_state refused: {self._refused}'
        elif time.monotonic() - self._heard > SILENCE:
            level, message = DiagnosticStatus.STALE, 'nothing to draw: the simulated world stands still or is gone'
        elif self._cameras.covered:
            level, message = DiagnosticStatus.WARN, 'the lenses are covered'
        self._diagnostics.publish(level, message, {f'{name}: pictures': count for name, count in self._drawn.items()},
                                  Time(nanoseconds=self._stamp).to_msg())

    def _on_cover(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._cameras.covered = request.data
        response.success = True
        response.message = 'the lenses are ' + ('covered' if request.data else 'free')
        return response


class _CameraTopics:
    """Publishers of one camera."""

    def __init__(self, node: Node, name: str, cameras: SimulatedCameras):
        camera = cameras.cameras[name]
        frame, size = camera.optical_frame, (camera.height, camera.width)
        self._info = CameraInfo(height=camera.height, width=camera.width, distortion_model='plumb_bob', d=[0.0] * 5)
        self._info.header.frame_id = frame
        focal, cx, cy = intrinsics(camera)
        self._info.k = [focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0]
        self._info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
        self._info.p = [focal, 0.0, cx, 0.0, 0.0, focal, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
        kinds = {'color': ('rgb8', 3)} | ({'depth': ('32FC1', 4)} if camera.depth else {})
        self._images = {kind: (ImageTemplate(frame, *size, encoding, pixel_bytes),
                               node.create_publisher(Image, f'{name}/{kind}/image_raw', NEWEST),
                               node.create_publisher(CameraInfo, f'{name}/{kind}/camera_info', NEWEST))
                        for kind, (encoding, pixel_bytes) in kinds.items()}

    def wanted(self) -> bool:
        """Whether anybody subscribes to a picture."""
        return any(publisher.get_subscription_count() > 0 for _, publisher, _ in self._images.values())

    def publish(self, view: View, stamp_ns: int) -> None:
        """Publish a view; the calibration first, so that it is there when the picture arrives."""
        self._info.header.stamp.sec, self._info.header.stamp.nanosec = divmod(stamp_ns, 1_000_000_000)
        for kind, (template, publisher, info_publisher) in self._images.items():
            pixels = view.colour if kind == 'color' else view.depth
            info_publisher.publish(self._info)
            publisher.publish(template.pack_pixels(stamp_ns, pixels))


def main() -> int:
    """Draw until Ctrl-C or SIGTERM; 1 when the cameras cannot work."""
    return run_process('camera', CameraNode)


if __name__ == '__main__':
    sys.exit(main())
