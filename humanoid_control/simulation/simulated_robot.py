# SPDX-License-Identifier: Apache-2.0
"""Joints, drives and sensors of the simulated robot, as its drivers present them."""
from __future__ import annotations

import mujoco
import numpy as np

from humanoid_control.model.errors import HumanoidError
from humanoid_control.model.low_state import WRENCH_SENSORS, LowStateLayout
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.simulation.configuration import DriveSettings, SensorSettings
from humanoid_control.simulation.delay_line import DelayLine
from humanoid_control.simulation.sensor_errors import SensorErrors
from humanoid_control.simulation.world import PHYSICS_STEP, World

CONTROL_STEP = 0.002     # [s]
SUBSTEPS = round(CONTROL_STEP / PHYSICS_STEP)
_SENSOR_STREAM = 2


class CommandError(HumanoidError):
    """A joint command has a wrong size or holds a value that is not finite."""


class SimulatedRobot:
    """Takes joint commands, advances the physics, gives `low_state`.

    The drive of each joint applies effort + kp (position - q) + kd (velocity - qd), clipped to the effort limit,
    at every physics step (1 kHz). Without a new command for `stale_after` the body joints hold the posture they
    are in, stiffly and damped, and the grippers keep their last command.

    Attributes:
        layout: names and slices of the low state.
        state: position, velocity and effort as measured, shape (3, layout.size), rows in that order.
        holding: whether the drives hold for want of fresh commands.
        powered: whether the drives have power; without it they only damp, whatever is commanded.
    """

    def __init__(self, world: World, layout: LowStateLayout, sensors: SensorSettings, drive: DriveSettings):
        self.world, self.layout = world, layout
        self._sensors, self._drive = sensors, drive
        model, robot = world.model, world.robot
        names = layout.joint_names
        self._q = np.array([model.joint(n).qposadr[0] for n in names])
        self._v = np.array([model.joint(n).dofadr[0] for n in names])
        self._mimic_q = np.array([model.joint(n).qposadr[0] for n in robot.mimic_joints])
        self._mimic_v = np.array([model.joint(n).dofadr[0] for n in robot.mimic_joints])
        self._slides = np.array([names.index(n) for n in robot.gripper_joints])
        self._actuator = np.array([model.actuator(n).id for n in names])
        self._kp = np.array([robot.joints[n].drive_kp for n in names])
        self._kd = np.array([robot.joints[n].drive_kd for n in names])
        self._sensor_index, self._sensor_sign = self._locate_sensors()
        self._set_up_holding()
        ticks = round(drive.delay_ms / (1e3 * PHYSICS_STEP))
        state_ticks = ticks // (2 * SUBSTEPS)
        command_ticks = ticks - state_ticks * SUBSTEPS
        self._states = DelayLine(state_ticks, (3, layout.size))
        self._commands = DelayLine(command_ticks // SUBSTEPS, len(names))
        self._late_substep = bool(command_ticks % SUBSTEPS)
        self._measured = np.zeros((3, layout.size))
        self.state = self._measured
        self._control = np.zeros(len(names))
        self.powered = True
        self._awaits_effort = False
        self.reset()

    def reset(self) -> None:
        """Start anew: drives hold the present posture, sensors begin their random sequence again.

        Without power the robot hangs stiffly as in a hoist until it is switched on.
        """
        random = np.random.default_rng((self.world.settings.seed, _SENSOR_STREAM))
        self._errors = SensorErrors(self.layout, self._slides, self._sensors, random)
        self._states.clear()
        self._commands.clear()
        self._age = 0.0
        self.holding = False
        self._hold()
        self._measure()

    def switch(self, powered: bool) -> None:
        """Take the power from the drives, or give it back: they then hold the posture they are in.

        They do so until a command asks for effort: one that only damps comes from a controller that has not heard of
        the power yet, and would let the robot sink in the meantime.
        """
        if powered == self.powered:
            return
        self.powered = powered
        self._awaits_effort = powered
        if powered:
            self._hold()
        else:
            self._go_limp()

    def command(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> None:
        """Hand the drives a command: arrays of the actuated joints in layout order, units of the low state.

        Raises CommandError naming the array or joint when a size is wrong or a value not finite; the command
        is then dropped as a whole.
        """
        if not position.shape == velocity.shape == effort.shape == self._control.shape:
            self._refuse(position=position, velocity=velocity, effort=effort)
        control = effort + self._kp * position + self._kd * velocity
        if not np.isfinite(control.dot(control)):
            self._refuse(position=position, velocity=velocity, effort=effort)
        if not self.powered or (self._awaits_effort and not effort.any()):
            return
        self._awaits_effort = False
        self._control[:] = control
        self._age = 0.0
        if self.holding:
            self._commands.clear()
            self._set_gains(self._kp, self._kd)
            self.holding = False

    def step(self) -> None:
        """Advance the world by one control step and measure."""
        data = self.world.data
        if self.powered and not self.holding and self._age > self._drive.stale_after - CONTROL_STEP / 2:
            self._hold()
        self._age += CONTROL_STEP
        if self._late_substep:
            mujoco.mj_step(self.world.model, data)
        data.ctrl[self._actuator] = self._commands.push(self._control)
        mujoco.mj_step(self.world.model, data, 1 if self._late_substep else SUBSTEPS)
        self._measure()

    def true_joint_state(self) -> tuple[np.ndarray, np.ndarray]:
        """Joint positions and velocities without errors and delay, in layout order; for scoring only."""
        position = self.world.data.qpos[self._q]
        velocity = self.world.data.qvel[self._v]
        return position, velocity

    def _measure(self) -> None:
        data, joints = self.world.data, self.layout.joints
        position, velocity, effort = self._measured
        np.take(data.qpos, self._q, out=position[joints])
        np.take(data.qvel, self._v, out=velocity[joints])
        np.take(data.actuator_force, self._actuator, out=effort[joints])
        # the encoder of a gripper sees the mean of both fingers
        position[self._slides] = (position[self._slides] + data.qpos[self._mimic_q]) / 2
        velocity[self._slides] = (velocity[self._slides] + data.qvel[self._mimic_v]) / 2
        position[joints.stop:] = data.sensordata[self._sensor_index]
        position[joints.stop:] *= self._sensor_sign
        velocity[joints.stop:] = 0
        self._errors.add(self._measured[:2])
        self.state = self._states.push(self._measured)

    def _locate_sensors(self) -> tuple[np.ndarray, np.ndarray]:
        """Index and sign of every sensor entry of the low state in MuJoCo's sensor data.

        MuJoCo's force sensor gives what the parent exerts on the child; the low state has what the environment
        exerts on the child, its opposite (inertial forces included, as in a real sensor).
        """
        model, robot = self.world.model, self.world.robot
        frames = dict(zip(WRENCH_SENSORS, (*(robot.legs[s].sole for s in SIDES),
                                           *(robot.arms[s].force_sensor for s in SIDES))))
        index = np.zeros(self.layout.size, dtype=int)
        sign = np.ones(self.layout.size)
        entries = [(self.layout.angular_velocity, 'imu/gyro', 1.0),
                   (self.layout.linear_acceleration, 'imu/accelerometer', 1.0)]
        for sensor in WRENCH_SENSORS:
            entries += [(self.layout.force[sensor], f'{frames[sensor]}/force', -1.0),
                        (self.layout.torque[sensor], f'{frames[sensor]}/torque', -1.0)]
        for place, name, direction in entries:
            address = model.sensor(name).adr[0]
            index[place] = np.arange(address, address + 3)
            sign[place] = direction
        start = self.layout.joints.stop
        return index[start:], sign[start:]

    def _set_up_holding(self) -> None:
        limit = self.world.model.actuator_forcerange[self._actuator, 1]
        self._hold_kp = self._drive.hold_stiffness * limit
        self._hold_kd = self._drive.hold_damping * limit
        self._hold_kp[self._slides] = self._kp[self._slides]
        self._hold_kd[self._slides] = self._kd[self._slides]

    def _hold(self) -> None:
        target = self.world.data.qpos[self._q]
        control = self._hold_kp * target
        if self.holding is False and self._age > 0:
            control[self._slides] = self._control[self._slides]
        self._control[:] = control
        self._commands.clear()
        self._set_gains(self._hold_kp, self._hold_kd)
        self.holding = True

    def _go_limp(self) -> None:
        """Damping alone, as motors have it whose phases are shorted; the grippers open under load, too."""
        self._control[:] = 0.0
        self._commands.clear()
        self._set_gains(np.zeros_like(self._kp), self._kd)
        self.holding = True

    def _set_gains(self, kp: np.ndarray, kd: np.ndarray) -> None:
        bias = self.world.model.actuator_biasprm
        bias[self._actuator, 1] = -kp
        bias[self._actuator, 2] = -kd
        # a gripper's actuator sees the full opening, twice the joint position
        bias[self._actuator[self._slides], 1:3] /= 2

    def _refuse(self, **arrays: np.ndarray) -> None:
        names = self.layout.joint_names
        for label, array in arrays.items():
            array = np.asarray(array)
            if array.shape != (len(names),):
                raise CommandError(f'joint command {label}: expected {len(names)} values, got shape {array.shape}')
            bad = np.flatnonzero(~np.isfinite(array))
            if len(bad):
                raise CommandError(f'joint command {label} of {names[bad[0]]!r}: expected a finite number, got {array[bad[0]]}')
        raise CommandError('joint command: effort + kp position + kd velocity is beyond any number')
