# SPDX-License-Identifier: Apache-2.0
"""Binding of c/rigid_body.h: kinematics and dynamics of a floating base with revolute joints."""
from __future__ import annotations

import ctypes

import numpy as np
import pinocchio as pin

from humanoid_control.balance.model_table import ModelTable, frame_on_body
from humanoid_control.model.errors import ModelError
from humanoid_control.native import NativeLibraryError, load_library

MAX_JOINTS = 42
MAX_DOF = 6 + MAX_JOINTS
MAX_FRAMES = 16
_D = ctypes.c_double
_B = MAX_JOINTS + 1


class _Frame(ctypes.Structure):
    """rigid_body_frame."""

    _fields_ = [('position', _D * 3), ('rotation', _D * 9), ('velocity', _D * 6), ('drift', _D * 6), ('offset', _D * 3)]


class _State(ctypes.Structure):
    """rigid_body_state."""

    _fields_ = [('base_position', _D * 3), ('rotation', _D * 9 * _B), ('offset', _D * 3 * _B), ('motion', _D * 6 * _B),
                ('velocity', _D * 6 * _B), ('acceleration', _D * 6 * _B), ('body_com', _D * 3 * _B),
                ('frame', _Frame * MAX_FRAMES), ('com', _D * 3), ('com_velocity', _D * 3),
                ('mass_matrix', _D * MAX_DOF * MAX_DOF), ('bias', _D * MAX_DOF), ('momentum', _D * 6),
                ('momentum_drift', _D * 6), ('momentum_matrix', _D * MAX_DOF * 6)]


class RigidBody:
    """Rigid-body terms of one Pinocchio model, computed in C.

    Attributes (views, rewritten by each `update`), all in world axes:
        mass_matrix (nv, nv), bias (nv,), momentum_matrix (6, nv; linear, then angular about the centre of mass),
        momentum (6,), momentum_drift (6,), com (3,) [m], com_velocity (3,) [m/s].
    """

    def __init__(self, model: pin.Model, frames: tuple[int, ...] = ()):
        """Build the model table; `frames` are Pinocchio frame ids, numbered here in this order.

        Raises ModelError when the model has joints that are not revolute or exceeds the tables.
        """
        self._library = load_library('balance')
        for function in ('rigid_body_model_size', 'rigid_body_state_size'):
            getattr(self._library, function).restype = ctypes.c_size_t
        if self._library.rigid_body_state_size() != ctypes.sizeof(_State):
            raise NativeLibraryError('the balance library does not match this binding; build it again')
        table = ModelTable.of(model)
        self._model = ctypes.create_string_buffer(self._library.rigid_body_model_size())
        self._state = _State()
        self._state_pointer = ctypes.byref(self._state)
        for function in ('rigid_body_forward', 'rigid_body_dynamics'):
            getattr(self._library, function).argtypes = [ctypes.c_void_p] * (5 if function.endswith('forward') else 2)
        code = self._library.rigid_body_model_init(
            self._model, len(table.parent), *(_pointer(a) for a in (table.parent, table.placement, table.axis,
                                                                    table.inertia, table.armature)))
        if code:
            raise ModelError(f'rigid_body_model_init refused the model with code {code}')
        for frame in frames:
            body, placement = frame_on_body(model, frame)
            code = self._library.rigid_body_add_frame(self._model, body, _pointer(placement))
            if code < 0:
                raise ModelError(f'rigid_body_add_frame refused frame {model.frames[frame].name!r} with code {code}')
        nv = model.nv
        self.nq, self.nv = model.nq, nv
        self.mass_matrix = np.ctypeslib.as_array(self._state.mass_matrix)[:nv, :nv]
        self.bias = np.ctypeslib.as_array(self._state.bias)[:nv]
        self.momentum_matrix = np.ctypeslib.as_array(self._state.momentum_matrix)[:, :nv]
        self.momentum = np.ctypeslib.as_array(self._state.momentum)
        self.momentum_drift = np.ctypeslib.as_array(self._state.momentum_drift)
        self.com = np.ctypeslib.as_array(self._state.com)
        self.com_velocity = np.ctypeslib.as_array(self._state.com_velocity)
        self._jacobian = np.zeros((6, MAX_DOF))

    def update(self, q: np.ndarray, v: np.ndarray) -> None:
        """Compute all terms for q (nq,) and v (nv,), laid out as in Pinocchio.

        Raises ModelError when a shape is wrong.
        """
        q, v = np.ascontiguousarray(q, dtype=float), np.ascontiguousarray(v, dtype=float)
        if q.shape != (self.nq,) or v.shape != (self.nv,):
            raise ModelError(f'q {q.shape} and v {v.shape} given, expected ({self.nq},) and ({self.nv},)')
        self.update_pointers(q.ctypes.data, v.ctypes.data)

    def update_pointers(self, q: int, v: int) -> None:
        """As `update`, from the addresses of contiguous float64 arrays of the right sizes."""
        self._library.rigid_body_forward(self._model, self._state_pointer, q, v, None)
        self._library.rigid_body_dynamics(self._model, self._state_pointer)

    def frame(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Position (3,), rotation (3, 3), velocity (6,) and drift acceleration (6,) of a frame; linear part first."""
        f = self._state.frame[number]
        return (np.array(f.position), np.array(f.rotation).reshape(3, 3), np.array(f.velocity), np.array(f.drift))

    def jacobian(self, number: int) -> np.ndarray:
        """Jacobian (6, nv) of a frame at its own point in world axes; linear rows first. A view."""
        self._library.rigid_body_jacobian(self._model, ctypes.byref(self._state), number, _pointer(self._jacobian))
        return self._jacobian[:, :self.nv]

    def chain(self, number: int, angles: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position (3,), rotation (3, 3) and velocity (6,) of a frame relative to the base, in base axes."""
        position, rotation, velocity = np.zeros(3), np.zeros((3, 3)), np.zeros(6)
        angles, rates = np.ascontiguousarray(angles, dtype=float), np.ascontiguousarray(rates, dtype=float)
        self._library.rigid_body_chain(self._model, number, _pointer(angles), _pointer(rates), _pointer(position),
                                       _pointer(rotation), _pointer(velocity))
        return position, rotation, velocity


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
