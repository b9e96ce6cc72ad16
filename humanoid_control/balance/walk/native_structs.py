# SPDX-License-Identifier: Apache-2.0
"""The structs and functions of c/walk_*.h for ctypes."""
from __future__ import annotations

import ctypes

from humanoid_control.native import NativeLibraryError, load_library

MAX_FOOTSTEPS = 64
PREVIEW = 4
_D, _I = ctypes.c_double, ctypes.c_int


class Pose(ctypes.Structure):
    """walk_pose."""

    _fields_ = [('x', _D), ('y', _D), ('yaw', _D)]


class Plan(ctypes.Structure):
    """walk_plan."""

    _fields_ = [('step', Pose), ('share', _D), ('offset', _D * 2), ('end', _D * 2)]


class Situation(ctypes.Structure):
    """walk_situation."""

    _fields_ = [('omega', _D), ('stance', _I), ('dcm', _D * 2), ('dcm_reference', _D * 2), ('time', _D),
                ('duration', _D), ('planned', _D), ('single_support', _I), ('airborne', _I), ('elapsed', _D), ('height', _D),
                ('foot', _D * 2), ('foot_velocity', _D * 2)]


class Choice(ctypes.Structure):
    """walk_choice."""

    _fields_ = [('duration', _D), ('step', _D * 2), ('residual', _D), ('cost', _D)]


class Swing(ctypes.Structure):
    """walk_swing: x, y, z, yaw."""

    _fields_ = [('position', _D * 4), ('velocity', _D * 4), ('acceleration', _D * 4)]


class FootstepStruct(ctypes.Structure):
    """walk_footstep."""

    _fields_ = [('foot', _I), ('pose', Pose)]


class Input(ctypes.Structure):
    """walk_input."""

    _fields_ = [('dt', _D), ('com_height', _D), ('com', _D * 2), ('com_velocity', _D * 2),
                ('sole_position', _D * 3 * 2), ('sole_yaw', _D * 2), ('force', _D * 2), ('walk', _I),
                ('velocity', _D * 3)]


class Output(ctypes.Structure):
    """walk_output."""

    _fields_ = [('mode', _I), ('swing_foot', _I), ('touchdown', _I), ('dcm', _D * 2), ('dcm_reference', _D * 2),
                ('cop', _D * 2), ('com_acceleration', _D * 2), ('margin', _D), ('residual', _D), ('heading', _D),
                ('load_limit', _D * 2), ('swing', Swing), ('footstep', FootstepStruct)]


class State(ctypes.Structure):
    """walk_state."""

    _fields_ = [('mode', _I), ('sole', Pose * 2), ('floor', _D), ('heading', _D), ('velocity', _D * 3),
                ('trim', _D * 3), ('stride_start', Pose * 2), ('stride_time', _D * 2), ('stride_velocity', _D * 3 * 2),
                ('stance', _I), ('time', _D), ('duration', _D), ('double_support', _D), ('planned', _D),
                ('cop_start', _D * 2), ('emergency', _I), ('steps', _I), ('chosen', _I), ('target', Pose),
                ('residual', _D), ('since_adaptation', _D), ('airborne', _I), ('lift_time', _D), ('swing', Swing), ('dcm_error', _D * 2),
                ('footstep_count', _I), ('next_footstep', _I), ('aims_at_footstep', _I),
                ('footstep', FootstepStruct * MAX_FOOTSTEPS)]


class ParameterEntry(ctypes.Structure):
    """walk_parameter_entry."""

    _fields_ = [('name', ctypes.c_char_p), ('minimum', _D), ('maximum', _D), ('unit', ctypes.c_char_p),
                ('description', ctypes.c_char_p)]


def load_walk_library() -> ctypes.CDLL:
    """The balance library with the signatures of the gait declared.

    Raises NativeLibraryError when it is missing or its structs differ from those above.
    """
    library = load_library('balance')
    p = ctypes.POINTER
    parameters = controller = ctypes.c_void_p
    for name, result, arguments in (
            ('walk_parameter_count', _I, []), ('walk_parameter', p(ParameterEntry), [_I]),
            ('walk_parameters_check', _I, [parameters]), ('walk_struct_size', ctypes.c_size_t, [_I]),
            ('walk_pose_relative', Pose, [Pose, Pose]), ('walk_pose_compose', Pose, [Pose, Pose]),
            ('walk_step_of_velocity', Pose, [parameters, p(_D), _D, _I]),
            ('walk_plan_make', None, [parameters, _D, _I, p(Pose), p(_D), p(Plan)]),
            ('walk_reference', None, [_D, p(_D), p(_D), _D, _D, _D, p(_D), p(_D)]),
            ('walk_adapt', None, [parameters, p(Situation), p(Plan), p(Choice)]),
            ('walk_quintic_step', None, [p(_D), p(_D), p(_D), p(_D), _D, _D]),
            ('walk_swing_advance', None, [parameters, p(Swing), Pose, _D, _D, _D, _D]),
            ('walk_stand', _I, [p(State), p(Input)]), ('walk_follow', _I, [p(State), p(FootstepStruct), _I]),
            ('walk_tick', _I, [p(State), parameters, p(Input), p(Output)]),
            ('balance_set_walk_parameters', _I, [controller, parameters, _I]),
            ('balance_walk', _I, [controller, _I, p(_D)]),
            ('balance_follow', _I, [controller, p(FootstepStruct), _I]),
            ('balance_gait', p(State), [controller]), ('balance_gait_output', p(Output), [controller])):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    for number, struct in enumerate((State, Input, Output)):
        if library.walk_struct_size(number) != ctypes.sizeof(struct):
            raise NativeLibraryError('the balance library does not match the binding of the gait: build it again with '
                                     '`make native`')
    return library
