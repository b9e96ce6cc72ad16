# SPDX-License-Identifier: Apache-2.0
"""Binding of the exchange in C (c/engine.h): joints on one side, motors on buses on the other."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from ctypes import POINTER, byref, c_double, c_int, c_int64, c_void_p

import numpy as np

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.ankle import Rod
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.exchange_explanation import explain
from humanoid_control.drivers.exchange_types import (
    BusState,
    EngineSetup,
    JointSetup,
    MotorSetup,
    MotorState,
    PairSetup,
    SingleSetup,
    Status,
)
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.native import load_library

_REFUSED = -41
_CODES = {
    -20: 'the rods of a linkage do not fit the zero posture',
    -40: 'an index or number makes no sense',
    _REFUSED: 'not in this state, or what was wrong still is',
    -42: 'the system gives no further thread',
}


class Exchange:
    """One robot's motors, seen as joints.

    Arrays are over `joint_names`. Times are nanoseconds of the caller's clock. Everything is safe from any thread
    until `close`.

    Attributes:
        joint_names: joints in the order of all arrays, the robot's actuated names.
        motor_names, bus_names: in the order of `motors()` and `buses()`.
    """

    def __init__(
        self,
        plan: BusPlan,
        robot: RobotModel,
        models: Mapping[str, ActuatorModel],
        settings: DriverSettings,
        *,
        lock_step: bool = False,
        read_only: bool = False,
    ):
        """The plan must have passed `BusPlan.check`. Raises DriverError when the library refuses the setup."""
        self.joint_names = robot.actuated_names
        self.motor_names = tuple(plan.motors)
        self.bus_names = tuple(plan.buses)
        self._library = self._load()
        setup = self._engine_setup(plan, settings, lock_step, read_only)
        motors = (MotorSetup * len(self.motor_names))(
            *(self._motor_setup(plan, models, name) for name in self.motor_names)
        )
        joints = (JointSetup * len(self.joint_names))(
            *(self._joint_setup(plan, robot, settings, name) for name in self.joint_names)
        )
        singles = (SingleSetup * len(plan.joints))(
            *(
                SingleSetup(
                    self.joint_names.index(name), self.motor_names.index(joint.motor), joint.ratio, joint.offset
                )
                for name, joint in plan.joints.items()
            )
        )
        pairs = (PairSetup * len(plan.linkages))(*(self._pair_setup(linkage) for linkage in plan.linkages.values()))
        code = c_int()
        self._engine = self._library.drv_engine_create(byref(setup), motors, joints, singles, pairs, byref(code))
        if not self._engine:
            raise DriverError(f'exchange: {_CODES.get(code.value, "out of memory")}')
        self._out = np.zeros((3, len(self.joint_names)))
        self._pointers = [row.ctypes.data_as(POINTER(c_double)) for row in self._out]

    @property
    def engine(self) -> int:
        """Handle for the real-time loop."""
        return self._engine

    def attach(self, bus: Bus) -> None:
        """Hand the exchange the sockets of an open bus, in which nobody else may read from now on."""
        receiver, sender = bus.descriptors
        self._check(
            self._library.drv_engine_attach(
                self._engine, self.bus_names.index(bus.name), receiver, sender, bus.connected
            )
        )

    def detach(self, name: str) -> None:
        """Take a bus away; it counts as lost."""
        self._check(self._library.drv_engine_attach(self._engine, self.bus_names.index(name), -1, -1, 0))

    def collect(self, now: int) -> None:
        """Read what motors said, bring it to joints, look for faults."""
        self._library.drv_engine_collect(self._engine, now)

    def command(self, now: int, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> str | None:
        """Take a command; the name of the joint whose value isn't finite, in which case the command is dropped."""
        rows = [np.ascontiguousarray(row, dtype=np.float64) for row in (position, velocity, effort)]
        for row in rows:
            if row.shape != (len(self.joint_names),):
                raise DriverError(f'joint command: expected {len(self.joint_names)} values, got shape {row.shape}')
        code = self._library.drv_engine_command(
            self._engine, now, *(row.ctypes.data_as(POINTER(c_double)) for row in rows)
        )
        return None if code == 0 else self.joint_names[-code - 1]

    def send(self, now: int) -> None:
        """Bring what is wanted to the motors."""
        self._library.drv_engine_send(self._engine, now)

    def start(self, now: int) -> None:
        """Begin to enable the motors and hold the posture they are in; DriverError when they are on or read-only."""
        self._check(self._library.drv_engine_start(self._engine, now))

    def stop(self, now: int, category: int) -> None:
        """Stop of category 0 (off), 1 (sit, then off) or 2 (hold), latched."""
        self._check(self._library.drv_engine_stop(self._engine, now, category))

    def reset(self, now: int) -> None:
        """Release a latched hold; DriverError when there is none or its cause is still there."""
        self._check(self._library.drv_engine_reset(self._engine, now))

    def joints(self) -> tuple[int, np.ndarray]:
        """Time [ns] and position, velocity, effort as rows (3, n); the array is reused by the next call.

        The time is 0, and the rows mean nothing, until every motor was heard.
        """
        stamp = self._library.drv_engine_joints(self._engine, *self._pointers)
        return stamp, self._out

    def status(self) -> Status:
        """State of the ladder and counters."""
        status = Status()
        self._library.drv_engine_status(self._engine, byref(status))
        return status

    def motors(self) -> dict[str, MotorState]:
        """What is known of each motor."""
        states = (MotorState * len(self.motor_names))()
        self._library.drv_engine_motors(self._engine, states)
        return dict(zip(self.motor_names, states))

    def buses(self) -> dict[str, BusState]:
        """Counters of each bus."""
        states = (BusState * len(self.bus_names))()
        self._library.drv_engine_buses(self._engine, states)
        return dict(zip(self.bus_names, states))

    def explain(self, status: Status) -> str:
        """The state in words: what, and why."""
        return explain(status, self.motor_names, self.joint_names, self.bus_names)

    def close(self) -> None:
        """Stop receiving and free the memory; the buses stay open."""
        if self._engine:
            self._library.drv_engine_destroy(self._engine)
            self._engine = None

    def _engine_setup(self, plan: BusPlan, settings: DriverSettings, lock_step: bool, read_only: bool) -> EngineSetup:
        exchange = settings.exchange
        return EngineSetup(
            len(self.bus_names),
            len(self.motor_names),
            len(self.joint_names),
            len(plan.joints),
            len(plan.linkages),
            plan.host_id,
            read_only,
            lock_step,
            exchange.poll_every,
            exchange.real_time_priority,
            exchange.period,
            exchange.stale_after,
            exchange.sit_after,
            exchange.sit_time,
            exchange.blend_time,
            exchange.silent_after,
            exchange.enable_time,
        )

    def _motor_setup(self, plan: BusPlan, models: Mapping[str, ActuatorModel], name: str) -> MotorSetup:
        motor = plan.motors[name]
        model = models[motor.model]
        return MotorSetup(
            self.bus_names.index(motor.bus),
            motor.id,
            model.wire_ranges,
            motor.torque_limit or model.ranges.torque,
            model.temperature.derate_from,
            model.temperature.stop_at,
            model.voltage.minimum,
            model.voltage.derate_below,
            model.voltage.maximum,
        )

    @staticmethod
    def _joint_setup(plan: BusPlan, robot: RobotModel, settings: DriverSettings, name: str) -> JointSetup:
        limits = settings.joints
        slide = name in robot.configuration.gripper_joints
        soft = limits.slide_margin if slide else limits.soft_margin
        hard = limits.slide_hard_margin if slide else limits.hard_margin
        depth = limits.slide_limit_depth if slide else limits.limit_depth
        lower, upper = robot.position_limits_of(name)
        effort = robot.effort_limit_of(name)
        drive = robot.configuration.joints[name]
        joint = robot.full.joints[robot.full.getJointId(name)]
        standing = robot.configuration.stand_posture.get(name, 0.0)
        sit = plan.sit_posture.get(name, standing)
        return JointSetup(
            lower + soft,
            upper - soft,
            lower - hard,
            upper + hard,
            effort,
            float(robot.full.velocityLimit[joint.idx_v]),
            drive.drive_kp,
            drive.drive_kd,
            drive.drive_kp if slide else limits.hold_stiffness * effort,
            drive.drive_kd if slide else limits.hold_damping * effort,
            effort / depth,
            min(max(sit, lower + soft), upper - soft),
            slide,
            0,
        )

    def _pair_setup(self, linkage) -> PairSetup:
        pair = PairSetup()
        for i, (joint, crank) in enumerate(zip(linkage.joints, linkage.cranks)):
            pair.joints[i] = self.joint_names.index(joint)
            pair.motors[i] = self.motor_names.index(crank.motor)
            pair.rods[i] = Rod.of(crank.rod)
            pair.ratio[i], pair.offset[i] = crank.ratio, crank.offset
        return pair

    @staticmethod
    def _check(code: int) -> None:
        if code < 0:
            raise DriverError(f'exchange: {_CODES[code]}')

    @staticmethod
    def _load() -> ctypes.CDLL:
        library = load_library('drivers')
        doubles = [POINTER(c_double)] * 3
        library.drv_engine_create.argtypes = [
            POINTER(EngineSetup),
            POINTER(MotorSetup),
            POINTER(JointSetup),
            POINTER(SingleSetup),
            POINTER(PairSetup),
            POINTER(c_int),
        ]
        library.drv_engine_create.restype = c_void_p
        for name, arguments in {
            'destroy': [],
            'attach': [c_int] * 4,
            'collect': [c_int64],
            'send': [c_int64],
            'command': [c_int64, *doubles],
            'start': [c_int64],
            'stop': [c_int64, c_int],
            'reset': [c_int64],
            'joints': doubles,
            'status': [POINTER(Status)],
            'motors': [POINTER(MotorState)],
            'buses': [POINTER(BusState)],
        }.items():
            function = getattr(library, f'drv_engine_{name}')
            function.argtypes = [c_void_p, *arguments]
            function.restype = (
                c_int64
                if name == 'joints'
                else None
                if name in ('destroy', 'collect', 'send', 'status', 'motors', 'buses')
                else c_int
            )
        return library
