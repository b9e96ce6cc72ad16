# SPDX-License-Identifier: Apache-2.0
"""A Pinocchio model as the flat table that c/rigid_body.h reads."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model.errors import ModelError


@dataclass(frozen=True)
class ModelTable:
    """Bodies and joints; body 0 is the floating base, body i + 1 moves with joint i.

    Attributes:
        parent: body to which joint i is attached, shape (n,).
        placement: rotation (row-major) and position of joint i in that body, shape (n, 12).
        axis: unit axis of joint i in its own frame, shape (n, 3).
        inertia: mass [kg], centre of mass [m] and inertia matrix about it [kg m^2], shape (n + 1, 13).
        armature: motor inertia [kg m^2], shape (n,).
    """

    parent: np.ndarray
    placement: np.ndarray
    axis: np.ndarray
    inertia: np.ndarray
    armature: np.ndarray

    @classmethod
    def of(cls, model: pin.Model) -> ModelTable:
        """Table of a free-flyer model with revolute joints.

        Raises ModelError naming the joint that is not revolute, or when the base is not a free flyer.
        """
        if model.njoints < 2 or model.joints[1].nv != 6:
            raise ModelError('balance needs a model whose first joint is a free flyer')
        for joint in range(2, model.njoints):
            if model.joints[joint].nq != 1 or model.joints[joint].nv != 1:
                raise ModelError(f'balance needs revolute joints, {model.names[joint]!r} is none')
        return cls(
            parent=np.array([model.parents[i] - 1 for i in range(2, model.njoints)], dtype=np.int32),
            placement=np.array([flat_placement(model.jointPlacements[i]) for i in range(2, model.njoints)]),
            axis=_axes(model),
            inertia=np.array([_flat_inertia(model.inertias[i]) for i in range(1, model.njoints)]),
            armature=np.array(model.armature[6:]),
        )


def flat_placement(placement: pin.SE3) -> np.ndarray:
    """Rotation (row-major), then position [m]: shape (12,)."""
    return np.concatenate([placement.rotation.ravel(), placement.translation])


def frame_on_body(model: pin.Model, frame: int) -> tuple[int, np.ndarray]:
    """Body number of the table and flat placement in it of a Pinocchio frame."""
    entry = model.frames[frame]
    return entry.parentJoint - 1, flat_placement(entry.placement)


def _flat_inertia(inertia: pin.Inertia) -> np.ndarray:
    return np.concatenate([[inertia.mass], inertia.lever, inertia.inertia.ravel()])


def _axes(model: pin.Model) -> np.ndarray:
    """Axis of each joint, from what a turn of it does: independent of Pinocchio's joint types."""
    data, angle, q = model.createData(), 0.5, pin.neutral(model)
    q[7:] = angle
    pin.forwardKinematics(model, data, q)
    axes = []
    for joint in range(2, model.njoints):
        turn = model.jointPlacements[joint].rotation.T @ data.liMi[joint].rotation
        axis = pin.log3(turn) / angle
        if not np.isclose(np.linalg.norm(axis), 1.0, atol=1e-9):
            raise ModelError(f'balance needs revolute joints, {model.names[joint]!r} is none')
        axes.append(axis / np.linalg.norm(axis))
    return np.array(axes)
