# SPDX-License-Identifier: Apache-2.0
"""Posture of a robot with everything that tasks read from it."""
from __future__ import annotations

import numpy as np
import pinocchio as pin


class KinematicState:
    """Configuration, last velocity, and Pinocchio's placements and Jacobians at that configuration.

    The model's first joint is a free-flyer, the others have one coordinate each.

    Attributes:
        model, data: Pinocchio; `data` holds frame placements, joint Jacobians and the CoM at `q`.
        q: configuration, shape (nq,).
        v: velocity of the last step, shape (nv,) [rad/s; base m/s and rad/s in base axes].
        com: centre of mass [m] in the world frame, shape (3,).
        com_jacobian: shape (3, nv), world axes.
    """

    def __init__(self, model: pin.Model, q: np.ndarray) -> None:
        self.model = model
        self.data = model.createData()
        self.reset(q)

    def reset(self, q: np.ndarray) -> None:
        """Stand still at q; raises ValueError unless it is finite and of shape (nq,)."""
        q = np.array(q, float)
        if q.shape != (self.model.nq,) or not np.isfinite(q).all():
            raise ValueError(f'q: expected {self.model.nq} finite numbers, got shape {q.shape}')
        self.q = q
        self.v = np.zeros(self.model.nv)
        self._refresh()

    def move(self, step: np.ndarray, dt: float) -> None:
        """Move by a tangent step, shape (nv,) [m, rad], made in dt [s]."""
        self.q = pin.integrate(self.model, self.q, step)
        self.v = step / dt
        self._refresh()

    @property
    def joints(self) -> np.ndarray:
        """Positions of the joints behind the free-flyer [rad], shape (nv - 6,)."""
        return self.q[7:]

    def placement(self, frame_id: int) -> pin.SE3:
        """Pose of a frame in the world."""
        return self.data.oMf[frame_id]

    def _refresh(self) -> None:
        pin.computeJointJacobians(self.model, self.data, self.q)
        pin.updateFramePlacements(self.model, self.data)
        self.com_jacobian = pin.jacobianCenterOfMass(self.model, self.data, False)
        self.com = self.data.com[0].copy()
