# SPDX-License-Identifier: Apache-2.0
"""The structs and functions of c/balance.h for ctypes."""
from __future__ import annotations

import ctypes
from enum import IntEnum

from humanoid_control.native import NativeLibraryError, load_library

MAX_JOINTS = 42
MAX_FREE = 24
MAX_VARIABLES = 48
FEET = HANDS = 2
_D, _I, _L = ctypes.c_double, ctypes.c_int, ctypes.c_int64
_DOUBLES = ctypes.POINTER(_D)


class Mode(IntEnum):
    """What the controller does."""

    STANDING = 0
    HOLDING = 1
    DAMPING = 2
    FALLEN = 3


class ReferenceSource(IntEnum):
    """Where the targets come from."""

    NONE = 0
    LIVE = 1
    STALE = 2


class Description(ctypes.Structure):
    """balance_description."""

    _fields_ = [
        ('joints', _I), ('parent', _I * MAX_JOINTS), ('placement', _D * 12 * MAX_JOINTS),
        ('axis', _D * 3 * MAX_JOINTS), ('inertia', _D * 13 * (MAX_JOINTS + 1)), ('armature', _D * MAX_JOINTS), ('damping', _D * MAX_JOINTS),
        ('lower', _D * MAX_JOINTS),
        ('upper', _D * MAX_JOINTS), ('effort_limit', _D * MAX_JOINTS), ('leg', _I * 6 * FEET), ('waist_count', _I),
        ('free_count', _I), ('free_joint', _I * MAX_FREE), ('sole_body', _I * FEET), ('sole_placement', _D * 12 * FEET),
        ('sole_half_length', _D), ('sole_half_width', _D), ('torso_body', _I), ('torso_placement', _D * 12),
        ('hand_body', _I * HANDS), ('hand_placement', _D * 12 * HANDS), ('wrist_body', _I * HANDS),
        ('wrist_placement', _D * 12 * HANDS), ('gripper_mass', _D * HANDS), ('imu_placement', _D * 12),
        ('state_entries', _I), ('command_entries', _I), ('joint_entry', _I * MAX_JOINTS), ('gripper_entry', _I * HANDS),
        ('gyro_entry', _I), ('acceleration_entry', _I), ('sole_force_entry', _I * FEET), ('sole_torque_entry', _I * FEET),
        ('wrist_force_entry', _I * HANDS)]


class Report(ctypes.Structure):
    """balance_report: what the last tick saw and did; meanings and units in c/balance.h."""

    _fields_ = [
        ('stamp', _L), ('ticks', _L), ('failures', _L), ('relaxed', _L), ('gaps', _L), ('restarts', _L),
        ('stamp_jump', _D), ('mode', _I), ('reason', _I),
        ('detail', _I), ('iterations', _I), ('stance_count', _I), ('reference_source', _I), ('foot_standing', _I * FEET),
        ('polygon_count', _I), ('sole_missing', _I * FEET), ('reference_age', _D), ('base_position', _D * 3), ('base_quaternion', _D * 4),
        ('base_velocity', _D * 3), ('base_angular_velocity', _D * 3), ('gyro_bias', _D * 3), ('com', _D * 3),
        ('com_velocity', _D * 3), ('dcm', _D * 2), ('dcm_reference', _D * 2), ('dcm_margin', _D),
        ('capture_distance', _D), ('cop_target', _D * 2),
        ('cop', _D * 2), ('cop_margin', _D), ('stance_position', _D * 3), ('stance_yaw', _D), ('polygon', _D * 2 * 8),
        ('foot_position', _D * 3 * FEET), ('foot_yaw', _D * FEET), ('foot_force', _D * FEET), ('wrench', _D * 6 * FEET),
        ('hand_position_error', _D * HANDS), ('hand_rotation_error', _D * HANDS), ('wrist_contact_force', _D * 3 * HANDS)]


class Tasks(ctypes.Structure):
    """whole_body_tasks."""

    _fields_ = [('com', _D * 3), ('momentum', _D * 3), ('pelvis', _D * 3), ('torso', _D * 3), ('hand', _D * 6 * HANDS),
                ('foot_mode', _I * FEET), ('foot', _D * 6 * FEET), ('maximum_force', _D * FEET),
                ('joint', _D * MAX_JOINTS)]


class Problem(ctypes.Structure):
    """dense_qp_problem."""

    _fields_ = [('variables', _I), ('equalities', _I), ('inequalities', _I), ('stride', _I), ('hessian', _DOUBLES),
                ('gradient', _DOUBLES), ('equality_matrix', _DOUBLES), ('equality_target', _DOUBLES),
                ('inequality_matrix', _DOUBLES), ('lower', _DOUBLES), ('upper', _DOUBLES)]


class ParameterEntry(ctypes.Structure):
    """balance_parameter_entry."""

    _fields_ = [('name', ctypes.c_char_p), ('minimum', _D), ('maximum', _D), ('unit', ctypes.c_char_p),
                ('description', ctypes.c_char_p)]


def load_balance_library() -> ctypes.CDLL:
    """The balance library with its signatures declared.

    Raises NativeLibraryError when it is missing or its structs differ from those above.
    """
    library = load_library('balance')
    block = ctypes.c_void_p
    for name, result, arguments in (
            ('balance_controller_size', ctypes.c_size_t, []), ('balance_description_size', ctypes.c_size_t, []),
            ('balance_report_size', ctypes.c_size_t, []), ('balance_init', _I, [block, ctypes.POINTER(Description)]),
            ('balance_set_parameters', _I, [block, block, _I]), ('balance_activate', None, [block]),
            ('balance_deactivate', None, [block]), ('balance_set_stop', None, [block, _I]), ('balance_set_reference', _I, [block, _L, block, block]),
            ('balance_tick', _I, [block, _L, block, block, block, block, block]),
            ('balance_get_report', ctypes.POINTER(Report), [block]), ('balance_reason', ctypes.c_char_p, [_I]),
            ('balance_problem', ctypes.POINTER(Problem), [block, ctypes.POINTER(_DOUBLES)]),
            ('balance_tasks', ctypes.POINTER(Tasks), [block]), ('balance_state', None, [block] * 5),
            ('balance_parameter_count', _I, []), ('balance_parameter', ctypes.POINTER(ParameterEntry), [_I])):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    if (library.balance_description_size(), library.balance_report_size()) != (
            ctypes.sizeof(Description), ctypes.sizeof(Report)):
        raise NativeLibraryError('the balance library does not match its binding: build it again with `make native`')
    return library
