# SPDX-License-Identifier: Apache-2.0
"""Structures of c/engine.h and c/loop.h, and the names of their states and causes."""

from __future__ import annotations

import enum
from ctypes import Structure, c_double, c_int32, c_int64, c_uint32, c_uint64

from humanoid_control.drivers.ankle import Rod
from humanoid_control.drivers.messages import Ranges

HISTOGRAM_BINS = 100
HISTOGRAM_BIN = 20e-6  # [s]
LATE_KEPT = 1024  # deadlines missed that a loop remembers


class State(enum.IntEnum):
    """Ladder of the exchange."""

    OFF = 0
    ENABLING = 1
    HOLD = 2
    RUN = 3
    SIT = 4


class Cause(enum.IntEnum):
    """Why the exchange doesn't obey."""

    NONE = 0
    STALE = 1
    REQUEST = 2
    MOTOR_SILENT = 3
    BUS_LOST = 4
    MOTOR_FAULT = 5
    MOTOR_LIMP = 6
    TEMPERATURE = 7
    VOLTAGE = 8
    JOINT_RANGE = 9
    ENCODER = 10
    NOT_ENABLED = 11
    LINKAGE = 12


class MotorSetup(Structure):
    """struct drv_motor_setup."""

    _fields_ = [('bus', c_int32), ('id', c_int32), ('ranges', Ranges)] + [
        (name, c_double)
        for name in ('torque_limit', 'derate_from', 'stop_at', 'volt_minimum', 'volt_derate', 'volt_maximum')
    ]


class JointSetup(Structure):
    """struct drv_joint_setup."""

    _fields_ = [
        (name, c_double)
        for name in (
            'soft_lower',
            'soft_upper',
            'hard_lower',
            'hard_upper',
            'effort_limit',
            'velocity_limit',
            'run_kp',
            'run_kd',
            'hold_kp',
            'hold_kd',
            'limit_kp',
            'sit_position',
        )
    ] + [('keep_command', c_int32), ('reserved', c_int32)]


class SingleSetup(Structure):
    """struct drv_single_setup."""

    _fields_ = [('joint', c_int32), ('motor', c_int32), ('ratio', c_double), ('offset', c_double)]


class PairSetup(Structure):
    """struct drv_pair_setup."""

    _fields_ = [
        ('joints', c_int32 * 2),
        ('motors', c_int32 * 2),
        ('rods', Rod * 2),
        ('ratio', c_double * 2),
        ('offset', c_double * 2),
    ]


class EngineSetup(Structure):
    """struct drv_engine_setup."""

    _fields_ = [
        (name, c_int32)
        for name in (
            'buses',
            'motors',
            'joints',
            'singles',
            'pairs',
            'host',
            'read_only',
            'lock_step',
            'poll_every',
            'priority',
        )
    ] + [
        (name, c_double)
        for name in ('period', 'stale_after', 'sit_after', 'sit_time', 'blend_time', 'silent_after', 'enable_time')
    ]


class MotorState(Structure):
    """struct drv_motor_state: what is known of a motor; units as Feedback, voltage [V] 0 until read, stamp [ns]."""

    _fields_ = (
        [(name, c_double) for name in ('position', 'velocity', 'torque', 'temperature', 'voltage', 'derating')]
        + [('stamp', c_int64), ('faults', c_int32), ('mode', c_int32), ('report', c_uint32), ('reserved', c_uint32)]
        + [(name, c_uint64) for name in ('sent', 'received', 'lost')]
    )


class BusState(Structure):
    """struct drv_bus_state: counters of a bus; `latency` counts replies by 20 us."""

    _fields_ = [
        (name, c_uint64) for name in ('sent', 'received', 'refused', 'garbled', 'foreign', 'dropped', 'error_frames')
    ] + [('lost', c_int32), ('reserved', c_int32), ('latency', c_uint32 * HISTOGRAM_BINS)]


class Status(Structure):
    """struct drv_status."""

    _fields_ = (
        [(name, c_int32) for name in ('state', 'cause', 'place', 'latched')]
        + [('detail', c_double)]
        + [(name, c_int64) for name in ('ticks', 'commands', 'refused_commands', 'stale_ticks', 'saturated')]
        + [('refused_joint', c_int32), ('reserved', c_int32)]
    )


class LoopState(Structure):
    """struct drv_loop_state: how punctual the real-time thread is; times [ns], histograms by 20 us."""

    _fields_ = [
        (name, c_int64) for name in ('ticks', 'skipped', 'uncommitted', 'tick_at', 'worst_wake', 'worst_send')
    ] + [
        ('real_time', c_int32),
        ('reserved', c_int32),
        ('wake', c_uint32 * HISTOGRAM_BINS),
        ('send', c_uint32 * HISTOGRAM_BINS),
        ('late_wakes', c_int64),
        ('late_sends', c_int64),
        ('late_at', c_int64 * LATE_KEPT),
    ]


def quantile(histogram, share: float) -> float:
    """Upper edge [s] of the bin below which `share` of a histogram lies; 0 for an empty one."""
    total = sum(histogram)
    count = 0
    for index, number in enumerate(histogram):
        count += number
        if total and count >= share * total:
            return (index + 1) * HISTOGRAM_BIN
    return 0.0
