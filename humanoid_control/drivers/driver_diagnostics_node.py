# SPDX-License-Identifier: Apache-2.0
"""Diagnostics of the joint driver (REP-107): exchange, every bus, the motors."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from humanoid_control.drivers.exchange_types import BusState, MotorState, State, quantile
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.drivers.messages import MODE_NAMES, fault_text
from humanoid_control.model.command_order import CommandOrder

FRAME_BITS = 145  # mean of an extended frame of 8 bytes, 131 to 160 with stuff bits
BUSY = 0.8  # load of a bus from which on it is worth a warning


class DriverDiagnostics:
    """Publishes one status for the exchange, one for the sensors, one for each bus, one for all motors and one for each."""

    def __init__(self, node: Node, driver: JointDriver, order: CommandOrder):
        """`order`: what watches over the commands that are obeyed."""
        self._node, self._driver, self._order = node, driver, order
        self._publisher = node.create_publisher(DiagnosticArray, 'diagnostics', 1)
        self._frames: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._at = time.monotonic()
        self._time_ns = 0
        highest = {name: driver.model(name).voltage.maximum for name in driver.plan.motors}
        self._on_main_supply = {name for name, voltage in highest.items() if voltage == max(highest.values())}

    def publish(self) -> None:
        """Send what there is to say now."""
        driver = self._driver
        if driver.exchange is None or driver.pace is None:
            return
        now = time.monotonic()
        simulated = (driver.pace.now() - self._time_ns) * 1e-9
        elapsed = simulated if driver.pace.lock_step and simulated > 0 else max(now - self._at, 1e-3)
        self._at, self._time_ns = now, driver.pace.now()
        motors = driver.exchange.motors()
        statuses = [self._exchange_status(), self._sensor_status()]
        statuses += [self._bus_status(name, bus, motors, elapsed) for name, bus in driver.exchange.buses().items()]
        statuses.append(self._motor_summary(motors))
        statuses += [self._motor_status(name, motor) for name, motor in motors.items()]
        array = DiagnosticArray(status=statuses)
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(array)

    def destroy(self) -> None:
        """Take the topic down."""
        self._node.destroy_publisher(self._publisher)

    def _exchange_status(self) -> DiagnosticStatus:
        driver = self._driver
        status = driver.exchange.status()
        text = 'listening only' if driver.read_only else driver.exchange.explain(status)
        level = DiagnosticStatus.OK
        complaint = self._order.complaint()
        if status.latched:
            level = DiagnosticStatus.ERROR
        elif complaint or (status.state != State.RUN and not driver.read_only):
            level = DiagnosticStatus.WARN
            text = f'{text}; {complaint}' if complaint else text
        values = {
            'state': State(status.state).name.lower(),
            'ticks': status.ticks,
            'commands': status.commands,
            'commands refused': status.refused_commands,
            'commands overtaken': self._order.overtaken,
            'ticks without a new command': status.stale_ticks,
            'torques clipped': status.saturated,
        }
        if status.refused_joint >= 0:
            values['joint of the last refused command'] = driver.exchange.joint_names[status.refused_joint]
        late = driver.pace.punctuality()
        if late is not None:
            values |= {
                'real-time scheduling': bool(late.real_time),
                'ticks skipped': late.skipped,
                'waking late p50 [ms]': f'{quantile(late.wake, 0.5) * 1e3:.2f}',
                'waking late p99 [ms]': f'{quantile(late.wake, 0.99) * 1e3:.2f}',
                'waking late p99.9 [ms]': f'{quantile(late.wake, 0.999) * 1e3:.2f}',
                'waking late worst [ms]': f'{late.worst_wake * 1e-6:.2f}',
                'sending late p99 [ms]': f'{quantile(late.send, 0.99) * 1e3:.2f}',
                'sending late p99.9 [ms]': f'{quantile(late.send, 0.999) * 1e3:.2f}',
                'sending late worst [ms]': f'{late.worst_send * 1e-6:.2f}',
                'deadlines missed by 1 ms, waking': late.late_wakes,
                'deadlines missed by 1 ms, sending': late.late_sends,
            }
        return self._status('exchange', level, text, values)

    def _sensor_status(self) -> DiagnosticStatus:
        complaint = self._driver.sensor_complaint
        level = DiagnosticStatus.ERROR if complaint else DiagnosticStatus.OK
        return self._status('sensors', level, complaint or 'IMU and force sensors are fresh', {'fresh': not complaint})

    def _bus_status(self, name: str, bus: BusState, motors: dict[str, MotorState], elapsed: float) -> DiagnosticStatus:
        frames = bus.sent + bus.received
        load = (frames - self._frames.get(name, 0)) * FRAME_BITS / self._driver.plan.bitrate / elapsed
        self._frames[name] = frames
        lost = sum(state.lost for motor, state in motors.items() if self._driver.plan.motors[motor].bus == name)
        new_lost = lost - self._lost.get(name, 0)
        self._lost[name] = lost
        level, text = DiagnosticStatus.OK, f'{load:.0%} load'
        if bus.lost:
            level, text = DiagnosticStatus.ERROR, 'lost: the interface went down or the other end is gone'
        elif new_lost or bus.dropped:
            level, text = DiagnosticStatus.WARN, f'{text}, {new_lost} questions unanswered in the last second'
        elif load > BUSY:
            level, text = DiagnosticStatus.WARN, f'{text}: too many motors on this bus'
        return self._status(
            f'bus {name}',
            level,
            text,
            {
                'load': f'{load:.3f}',
                'frames sent': bus.sent,
                'frames received': bus.received,
                'unanswered': lost,
                'reply p50 [ms]': f'{quantile(bus.latency, 0.5) * 1e3:.2f}',
                'reply p99 [ms]': f'{quantile(bus.latency, 0.99) * 1e3:.2f}',
                'frames not taken by the kernel': bus.dropped,
                'frames not understood': bus.refused + bus.garbled,
                'frames of others': bus.foreign,
                'error frames': bus.error_frames,
            },
        )

    def _motor_summary(self, motors: dict[str, MotorState]) -> DiagnosticStatus:
        hottest = max(motors, key=lambda name: motors[name].temperature)
        weakest = min(motors, key=lambda name: motors[name].derating)
        bad = [name for name, motor in motors.items() if motor.faults or motor.report]
        level, text = DiagnosticStatus.OK, f'hottest {hottest}, {motors[hottest].temperature:.0f} deg C'
        if bad:
            level, text = DiagnosticStatus.ERROR, f'faults of {", ".join(bad)}'
        elif motors[weakest].derating < 1:
            level, text = DiagnosticStatus.WARN, f'{weakest} is limited to {motors[weakest].derating:.0%} of its torque'
        return self._status('motors', level, text, {'motors': len(motors), 'with faults': len(bad)})

    def _motor_status(self, name: str, motor: MotorState) -> DiagnosticStatus:
        """One motor. The supervisor reads `temperature`, and `voltage` of the motors on the robot's main supply."""
        level, text = DiagnosticStatus.OK, MODE_NAMES[motor.mode]
        if motor.faults or motor.report:
            level, text = DiagnosticStatus.ERROR, f'{text}, faults: {fault_text(motor.faults)}'
        values = {
            'temperature': f'{motor.temperature:.1f}',
            'torque available': f'{motor.derating:.2f}',
            'asked': motor.sent,
            'unanswered': motor.lost,
            'faults': fault_text(motor.faults),
            'fault report': f'{motor.report:#x}',
        }
        if motor.voltage:
            values['voltage' if name in self._on_main_supply else 'own supply [V]'] = f'{motor.voltage:.1f}'
        return self._status(f'motor {name}', level, text, values)

    def _status(self, what: str, level: bytes, text: str, values: dict[str, object]) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=level,
            name=f'{self._node.get_name()}: {what}',
            message=text,
            hardware_id=self._driver.robot.configuration.name,
            values=[KeyValue(key=key, value=str(value)) for key, value in values.items()],
        )
