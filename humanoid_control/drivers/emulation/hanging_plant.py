# SPDX-License-Identifier: Apache-2.0
"""The robot hanging in its hoist by the pelvis, for tools and for the first steps with new motors."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.model.robot_model import RobotModel

SENSORS = 30
STRAP_STIFFNESS = 800.0  # [N m/rad]
STRAP_DAMPING = 40.0  # [N m s/rad]
GEAR_FRICTION = 0.8  # [N m s/rad] of gears that the joint's own weight has to turn


class HangingPlant:
    """Fixed-base dynamics of all joints, gains taken implicitly so that any stiffness is stable.

    (M + dt (D + Kd) + dt^2 Kp) dv = dt (control - h - (D + Kd) v - Kp (q + dt v)), with M the joint-space inertia and h
    gravity and velocity terms; a joint at its limit stops there. The waist is strapped to the hoist by springs, for a
    limp waist would let the torso topple.
    """

    def __init__(self, robot: RobotModel, step: float = 0.002):
        """`step`: time of one control step [s]."""
        configuration = robot.configuration
        model = pin.buildModelFromXML(robot.urdf)
        followers = [model.getJointId(name) for name in configuration.mimic_joints]
        self._model = pin.buildReducedModel(model, followers, pin.neutral(model))
        self._data = self._model.createData()
        self.joint_names = robot.actuated_names
        self._place = np.array([self._model.joints[self._model.getJointId(name)].idx_v for name in self.joint_names])
        drives = [configuration.joints[name] for name in self.joint_names]
        self._armature = np.array([drive.armature for drive in drives])
        self._friction = np.array([drive.damping for drive in drives])
        limits = [robot.position_limits_of(name) for name in self.joint_names]
        self._lower, self._upper = np.array(limits).T
        self._strap = np.array([STRAP_STIFFNESS if name in configuration.waist else 0.0 for name in self.joint_names])
        turning = np.array([name not in configuration.gripper_joints for name in self.joint_names])
        self._friction = self._friction + np.where(self._strap > 0, STRAP_DAMPING, GEAR_FRICTION * turning)
        self._step, self._ticks = step, 0
        self.position = np.clip(np.zeros(len(self.joint_names)), self._lower, self._upper)
        self.velocity = np.zeros(len(self.joint_names))
        self.effort = np.zeros(len(self.joint_names))
        self._law = np.zeros((4, len(self.joint_names)))
        self._sensors = np.zeros(SENSORS)
        self._sensors[5] = 9.81  # the pelvis hangs upright and still

    @property
    def time_ns(self) -> int:
        """Simulated time."""
        return round(self._ticks * self._step * 1e9)

    def state(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position, velocity and effort of the joints."""
        return self.position, self.velocity, self.effort

    def sensors(self) -> np.ndarray:
        """An IMU at rest, nothing touched."""
        return self._sensors

    def drive(self, control: np.ndarray, kp: np.ndarray, kd: np.ndarray, limit: np.ndarray) -> None:
        """Take the law of the drives."""
        self._law = np.stack([control, kp, kd, limit])

    def step(self) -> None:
        """Advance by one control step."""
        dt, place = self._step, self._place
        control, kp, kd, limit = self._law
        q, v = np.zeros(self._model.nq), np.zeros(self._model.nv)
        q[place], v[place] = self.position, self.velocity
        inertia = pin.crba(self._model, self._data, q)[np.ix_(place, place)]
        inertia = np.triu(inertia) + np.triu(inertia, 1).T + np.diag(self._armature)
        bias = pin.nonLinearEffects(self._model, self._data, q, v)[place]
        wanted = control - kp * self.position - kd * self.velocity
        held = np.abs(wanted) < limit  # a saturated drive is a plain torque
        kp, kd = np.where(held, kp, 0.0), np.where(held, kd, 0.0)
        torque = np.clip(wanted, -limit, limit)
        stiffness = kp + self._strap
        system = inertia + np.diag(dt * (self._friction + kd) + dt * dt * stiffness)
        passive = self._strap * self.position + (self._friction + dt * stiffness) * self.velocity
        change = np.linalg.solve(system, dt * (torque - bias - passive))
        self.effort = torque - kd * change - kp * dt * (self.velocity + change)
        self.velocity = self.velocity + change
        self.position = self.position + dt * self.velocity
        stopped = (self.position < self._lower) | (self.position > self._upper)
        self.position = np.clip(self.position, self._lower, self._upper)
        self.velocity[stopped] = 0.0
        self._ticks += 1
