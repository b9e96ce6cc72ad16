# SPDX-License-Identifier: Apache-2.0
"""Python twin of c/reference.c and c/standing.c: posture reference and state -> task accelerations, with Pinocchio."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pinocchio as pin

from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.model.robot_model import RobotModel

GRAVITY = 9.81
_DIFFERENCE = 1e-4     # [s]
_AXES = pin.LOCAL_WORLD_ALIGNED


@dataclass(frozen=True)
class StanceTargets:
    """Poses and velocities relative to the stance frame: position, rotation or pose, then its rate.

    `accelerations` has the rates of those rates by the same names.
    """

    com: tuple[np.ndarray, np.ndarray]
    pelvis: tuple[np.ndarray, np.ndarray]
    torso: tuple[np.ndarray, np.ndarray]
    hands: tuple[tuple[pin.SE3, np.ndarray], ...]
    accelerations: dict[str, np.ndarray]


class StandingTwin:
    """Task accelerations of a robot that stands with the given stance frame and soles."""

    def __init__(self, robot: RobotModel, gains: BalanceConfiguration):
        self.robot, self.gains = robot, gains
        self._model, self._data = robot.model, robot.model.createData()
        configuration = robot.configuration
        self._soles = [robot.frame_id(configuration.legs[s].sole) for s in SIDES]
        self._hands = [robot.frame_id(configuration.arms[s].gripper) for s in SIDES]
        self._torso = robot.frame_id(configuration.frames.torso)
        self.offsets = np.zeros((2, 6))        # outer integral of each hand [m, rad]

    def targets(self, posture: np.ndarray, rates: np.ndarray, accelerations: np.ndarray) -> StanceTargets:
        """Targets of a posture (n,) [rad] with its rates and accelerations; the base moves so that the soles stay.

        Accelerations of the targets are central differences of their velocities along that motion.
        """
        def at(time: float) -> StanceTargets:
            return self._motion(posture + time * rates + time**2 / 2 * accelerations, rates + time * accelerations)
        before, after = at(-_DIFFERENCE), at(_DIFFERENCE)
        slopes = {name: (getattr(after, name)[1] - getattr(before, name)[1]) / (2 * _DIFFERENCE)
                  for name in ('com', 'pelvis', 'torso')}
        slopes['hands'] = np.array([(a[1] - b[1]) / (2 * _DIFFERENCE) for a, b in zip(after.hands, before.hands)])
        return replace(at(0.0), accelerations=slopes)

    def _motion(self, posture: np.ndarray, rates: np.ndarray) -> StanceTargets:
        q, v = np.concatenate([[0, 0, 0, 0, 0, 0, 1], posture]), np.concatenate([np.zeros(6), rates])
        self._forward(q, v)
        left, right = (self._data.oMf[f] for f in self._soles)
        middle = pin.SE3(left.rotation @ pin.exp3(pin.log3(left.rotation.T @ right.rotation) / 2),
                         (left.translation + right.translation) / 2)
        motion = sum(self._velocity(f) for f in self._soles) / 2
        axes = middle.rotation.T

        def rate(position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
            return axes @ (velocity - motion[:3] - np.cross(motion[3:], position - middle.translation))
        hands = []
        for frame in self._hands:
            pose, velocity = self._data.oMf[frame], self._velocity(frame)
            hands.append((middle.actInv(pose), np.concatenate([rate(pose.translation, velocity[:3]),
                                                               axes @ (velocity[3:] - motion[3:])])))
        torso = self._velocity(self._torso)
        return StanceTargets(
            com=(axes @ (self._data.com[0] - middle.translation), rate(self._data.com[0], self._data.vcom[0])),
            pelvis=(axes, axes @ -motion[3:]),
            torso=(axes @ self._data.oMf[self._torso].rotation, axes @ (torso[3:] - motion[3:])), hands=tuple(hands),
            accelerations={})

    def tasks(self, q: np.ndarray, v: np.ndarray, targets: StanceTargets, stance: pin.SE3, soles: list[tuple],
              touches: tuple[bool, bool], dt: float) -> dict[str, np.ndarray]:
        """Accelerations asked for: `com`, `pelvis`, `torso`, `momentum` (3,), `hands` (2, 6), `feet` (2, 6).

        soles: position (2,) and yaw of each sole on the floor; touches: whether each hand is in contact.
        """
        g = self.gains
        self._forward(q, v)
        pin.ccrba(self._model, self._data, q, v)
        out = {'momentum': -g['momentum.damping'] * self._data.hg.angular}
        self._forward(q, v)
        out['com'] = self._com_task(targets, stance, soles)
        for name, frame in (('pelvis', None), ('torso', self._torso)):
            wanted, rate = getattr(targets, name)
            rotation = self._data.oMi[1].rotation if frame is None else self._data.oMf[frame].rotation
            turning = rotation @ v[3:6] if frame is None else self._velocity(frame)[3:]
            error = pin.log3(stance.rotation @ wanted @ rotation.T)
            out[name] = (stance.rotation @ targets.accelerations[name] + g[f'{name}.stiffness'] * error
                         + g[f'{name}.damping'] * (stance.rotation @ rate - turning))
        out['hands'] = np.array([self._hand_task(h, targets, stance, touches[h], dt) for h in range(2)])
        out['feet'] = np.array([-g['contact.damping'] * self._velocity(f) for f in self._soles])
        return out

    def _com_task(self, targets: StanceTargets, stance: pin.SE3, soles: list[tuple]) -> np.ndarray:
        g = self.gains
        com, velocity = self._data.com[0], self._data.vcom[0]
        wanted, rate = stance.act(targets.com[0]), stance.rotation @ targets.com[1]
        change = stance.rotation @ targets.accelerations['com']
        omega = np.sqrt(GRAVITY / (com[2] - stance.translation[2]))
        reach = np.array([g['dcm.cop_half_length'], g['dcm.cop_half_width']])
        wanted[:2] = nearest_in_hull(sole_corners(soles, reach - g['dcm.com_margin']), wanted[:2])
        error = com[:2] + velocity[:2] / omega - wanted[:2] - rate[:2] / omega
        pressure = nearest_in_hull(sole_corners(soles, reach), wanted[:2] - change[:2] / omega**2
                                    + (1 + g['dcm.gain'] / omega) * error)
        vertical = (change[2] + g['height.stiffness'] * (wanted[2] - com[2])
                    + g['height.damping'] * (rate[2] - velocity[2]))
        return np.array([*(omega**2 * (com[:2] - pressure)), vertical])

    def _hand_task(self, h: int, targets: StanceTargets, stance: pin.SE3, touches: bool, dt: float) -> np.ndarray:
        g, (pose, rate) = self.gains, targets.hands[h]
        now, wanted = self._data.oMf[self._hands[h]], stance * pose
        error = np.concatenate([wanted.translation - now.translation, pin.log3(wanted.rotation @ now.rotation.T)])
        if not touches:
            limit = np.repeat([g['hand.integral_position_limit'], g['hand.integral_rotation_limit']], 3)
            self.offsets[h] = np.clip(self.offsets[h] + g['hand.integral_rate'] * dt * error, -limit, limit)
        turn = np.kron(np.eye(2), stance.rotation)
        return (turn @ targets.accelerations['hands'][h] + g['hand.stiffness'] * (error + self.offsets[h])
                + g['hand.damping'] * (turn @ rate - self._velocity(self._hands[h])))

    def _forward(self, q: np.ndarray, v: np.ndarray) -> None:
        pin.forwardKinematics(self._model, self._data, q, v)
        pin.updateFramePlacements(self._model, self._data)
        pin.centerOfMass(self._model, self._data, q, v)

    def _velocity(self, frame: int) -> np.ndarray:
        return pin.getFrameVelocity(self._model, self._data, frame, _AXES).vector


def sole_corners(soles: list[tuple], half: np.ndarray) -> np.ndarray:
    """Corners (8, 2) [m] of two rectangles with these half sizes (2,) at position (2,) and yaw [rad]."""
    signs = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    corners = []
    for position, yaw in soles:
        c, s = np.cos(yaw), np.sin(yaw)
        corners.append(np.asarray(position) + signs * half @ np.array([[c, s], [-s, c]]))
    return np.vstack(corners)


def nearest_in_hull(points: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Nearest point to `point` (2,) in the convex hull of `points` (n, 2), over all edges between any two points."""
    angles = [np.arctan2(*(p - point)[::-1]) for p in points]
    gaps = np.diff(np.sort(angles), append=np.min(angles) + 2 * np.pi)
    if gaps.max() < np.pi:          # seen from inside, the points are all around
        return point
    best = points[0]
    for a in points:
        for b in points:
            along = b - a
            share = np.clip(along @ (point - a) / max(along @ along, 1e-300), 0, 1)
            candidate = a + share * along
            if np.linalg.norm(candidate - point) < np.linalg.norm(best - point):
                best = candidate
    return best
