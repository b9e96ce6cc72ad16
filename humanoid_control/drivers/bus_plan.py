# SPDX-License-Identifier: Apache-2.0
"""Which motor moves which joint, and on which bus it hangs (config/robots/NAME_buses.yaml)."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.ankle import Ankle, RodSettings
from humanoid_control.drivers.bus_settings import BusSettings
from humanoid_control.drivers.errors import DriverError
from humanoid_control.model.configuration import load
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_model import RobotModel


@dataclass(frozen=True)
class MotorSettings:
    """One motor: bus, number on it (1..127), model, torque limit [N m] (by default the model's peak).

    `uid` is the motor's 64-bit identity as `joints list` prints it; where it is given, another motor is refused.
    """

    bus: str
    id: int
    model: str
    torque_limit: float | None = None
    uid: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.id <= 127:
            raise ValueError(f'id must lie in [1, 127], got {self.id}')
        if self.torque_limit is not None and self.torque_limit <= 0:
            raise ValueError(f'torque_limit must be positive [N m], got {self.torque_limit}')
        if self.uid is not None and not _is_uid(self.uid):
            raise ValueError(f'uid must be 16 hexadecimal digits, got {self.uid!r}')


@dataclass(frozen=True)
class JointSettings:
    """A joint with a motor of its own: motor angle = ratio * joint position + offset [rad; ratio rad/m for slides]."""

    motor: str
    ratio: float
    offset: float = 0.0

    def __post_init__(self) -> None:
        if self.ratio == 0:
            raise ValueError('ratio must not be 0')


@dataclass(frozen=True)
class CrankSettings:
    """Motor of a linkage: motor angle = ratio * (crank angle - its value at zero joints) + offset [rad]."""

    motor: str
    ratio: float
    rod: RodSettings
    offset: float = 0.0

    def __post_init__(self) -> None:
        if self.ratio == 0:
            raise ValueError('ratio must not be 0')


@dataclass(frozen=True)
class LinkageSettings:
    """Two joints (pitch, roll) moved together by two cranks with rods."""

    joints: tuple[str, str]
    cranks: tuple[CrankSettings, CrankSettings]


@dataclass(frozen=True)
class SensorSettings:
    """Where IMU and force sensors come from: a SensorSource as `package.module:Class`, and its keywords."""

    source: str
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BusPlan:
    """Buses, motors, and how they move the joints.

    Attributes:
        host_id: number of the driver on every bus.
        bitrate: of SocketCAN interfaces [bit/s].
        sit_posture: joint positions where a controlled stop ends; joints not named keep the stand posture.
        sensors: IMU and force sensors; None where there are none yet.
    """

    host_id: int
    bitrate: int
    buses: dict[str, BusSettings]
    motors: dict[str, MotorSettings]
    joints: dict[str, JointSettings]
    linkages: dict[str, LinkageSettings] = field(default_factory=dict)
    sit_posture: dict[str, float] = field(default_factory=dict)
    sensors: SensorSettings | None = None

    def __post_init__(self) -> None:
        if not 128 <= self.host_id <= 253:
            raise ValueError(f'host_id must lie in [128, 253], above every motor, got {self.host_id}')
        if not 10_000 <= self.bitrate <= 1_000_000:
            raise ValueError(f'bitrate must lie in [10000, 1000000] bit/s, got {self.bitrate}')
        taken: dict[tuple[str, int], str] = {}
        for name, motor in self.motors.items():
            if motor.bus not in self.buses:
                raise ValueError(f'motors.{name}.bus {motor.bus!r} is none of the buses {", ".join(self.buses)}')
            other = taken.setdefault((motor.bus, motor.id), name)
            if other != name:
                raise ValueError(f'motors {other!r} and {name!r} are both number {motor.id} on bus {motor.bus!r}')
        self._check_users()

    @classmethod
    def load(cls, path: str | Path) -> BusPlan:
        """Read a bus plan.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path)

    @property
    def driven_joints(self) -> tuple[str, ...]:
        """Names of the joints that the plan moves."""
        return (*self.joints, *(joint for linkage in self.linkages.values() for joint in linkage.joints))

    def motors_of(self, joint: str) -> tuple[str, ...]:
        """Names of the motors behind a joint; ConfigurationError for one that the plan doesn't move."""
        if joint in self.joints:
            return (self.joints[joint].motor,)
        for linkage in self.linkages.values():
            if joint in linkage.joints:
                return tuple(crank.motor for crank in linkage.cranks)
        raise ConfigurationError(f'joint {joint!r} is not in the bus plan; it has {", ".join(self.driven_joints)}')

    def simulated(self, folder: str | Path) -> BusPlan:
        """The same plan on simulated buses whose sockets lie in `folder`."""
        return dataclasses.replace(self, buses={name: BusSettings.simulated(folder, name) for name in self.buses})

    def check(self, robot: RobotModel, models: Mapping[str, ActuatorModel]) -> list[str]:
        """Hold the plan against robot and actuator models.

        Returns remarks that don't forbid operation. Raises ConfigurationError naming motor or joint: an unknown
        model, a joint without a motor or a motor too weak for the URDF's effort limit, a range beyond the encoder's.
        """
        for name, motor in self.motors.items():
            model = models.get(motor.model)
            if model is None:
                raise ConfigurationError(
                    f'motor {name!r}: model {motor.model!r} is none of {", ".join(sorted(models))}'
                )
            if motor.torque_limit is not None and motor.torque_limit > model.ranges.torque:
                raise ConfigurationError(
                    f'motor {name!r}: torque_limit {motor.torque_limit} N m is beyond the '
                    f'{model.ranges.torque} N m of {model.name}'
                )
        missing = set(robot.actuated_names) - set(self.driven_joints)
        unknown = (set(self.driven_joints) | set(self.sit_posture)) - set(robot.actuated_names)
        if missing or unknown:
            raise ConfigurationError(
                f'bus plan and robot {robot.configuration.name!r} differ: joints without a motor '
                f'{sorted(missing)}, joints that the robot has not {sorted(unknown)}'
            )
        remarks = [remark for joint in self.joints for remark in self._check_joint(joint, robot, models)]
        for name, linkage in self.linkages.items():
            self._check_linkage(name, linkage, robot, models)
        return remarks

    def _check_users(self) -> None:
        users: dict[str, str] = {}
        claims = [(joint.motor, f'joint {name!r}') for name, joint in self.joints.items()]
        claims += [
            (crank.motor, f'linkage {name!r}') for name, linkage in self.linkages.items() for crank in linkage.cranks
        ]
        for motor, user in claims:
            if motor not in self.motors:
                raise ValueError(f'{user}: motor {motor!r} is not among the motors')
            if motor in users:
                raise ValueError(f'motor {motor!r} moves both {users[motor]} and {user}')
            users[motor] = user
        idle = set(self.motors) - set(users)
        if idle:
            raise ValueError(f'motors {", ".join(sorted(idle))} move no joint')
        twice = [joint for joint in self.driven_joints if self.driven_joints.count(joint) > 1]
        if twice:
            raise ValueError(f'joint {twice[0]!r} is moved by a motor of its own and by a linkage, or by two linkages')

    def _check_joint(self, name: str, robot: RobotModel, models: Mapping[str, ActuatorModel]) -> list[str]:
        joint = self.joints[name]
        ranges = models[self.motors[joint.motor].model].ranges
        ratio = abs(joint.ratio)
        limit = robot.effort_limit_of(name)
        if ranges.torque * ratio < limit * (1 - 1e-9):
            raise ConfigurationError(
                f'joint {name!r}: its URDF effort limit is {limit:g}, but {self.motors[joint.motor].model} '
                f'with ratio {joint.ratio:g} gives {ranges.torque * ratio:.4g}'
            )
        for position in robot.position_limits_of(name):
            if abs(joint.ratio * position + joint.offset) > ranges.position:
                raise ConfigurationError(
                    f'joint {name!r}: at {position:g} its motor would stand at '
                    f'{joint.ratio * position + joint.offset:.2f} rad, beyond its {ranges.position:.2f}'
                )
        speed = ranges.velocity / ratio
        allowed = float(robot.full.velocityLimit[robot.full.joints[robot.full.getJointId(name)].idx_v])
        if speed < allowed * (1 - 1e-9):
            return [f'joint {name!r}: its motor turns it with at most {speed:.3g}, the URDF allows {allowed:g}']
        return []

    def _check_linkage(
        self, name: str, linkage: LinkageSettings, robot: RobotModel, models: Mapping[str, ActuatorModel]
    ) -> None:
        """The corners of the joints' range must be within reach, and each joint alone get its effort there."""
        limits = [robot.position_limits_of(joint) for joint in linkage.joints]
        strength = np.array(
            [models[self.motors[crank.motor].model].ranges.torque * abs(crank.ratio) for crank in linkage.cranks]
        )
        try:
            ankle = Ankle(tuple(crank.rod for crank in linkage.cranks))
            for pitch, roll in itertools.product(*limits):
                angles, jacobian = ankle.cranks(pitch, roll)
                ankle.joints(angles)
                for index, joint in enumerate(linkage.joints):
                    limit = robot.effort_limit_of(joint)
                    effort = np.eye(2)[index] * limit
                    share = np.max(np.abs(np.linalg.solve(jacobian.T, effort)) / strength)
                    if share > 1:
                        raise ConfigurationError(
                            f'linkage {name!r}: at pitch {pitch:g}, roll {roll:g} it gives {joint!r} only '
                            f'{limit / share:.4g} of its URDF effort limit {limit:g}'
                        )
        except DriverError as error:
            raise ConfigurationError(f'linkage {name!r}: {error}') from error


def _is_uid(text: str) -> bool:
    return len(text) == 16 and all(digit in '0123456789abcdefABCDEF' for digit in text)
