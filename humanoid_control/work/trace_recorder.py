# SPDX-License-Identifier: Apache-2.0
"""Slow recording of CoP and joint efforts for a shift's plots."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pinocchio as pin

from humanoid_control.model import RobotModel
from humanoid_control.work.report import Trace

INTERVAL = 0.5          # [s] between samples; a shift of hours stays a small page
LEAST_LOAD = 20.0       # [N] under the soles below which there is no centre of pressure


class TraceRecorder:
    """Adds a sample to a trace every half second: centre of pressure and the largest efforts since the last one.

    Efforts are shares of the joints' limits, by group: legs, waist, arms.
    """

    def __init__(self, robot: RobotModel, trace: Trace):
        configuration = robot.configuration
        self._robot = robot
        self._data = robot.model.createData()
        self._soles = {side: robot.frame_id(leg.sole) for side, leg in configuration.legs.items()}
        self._groups = {
            'legs': [n for leg in configuration.legs.values() for n in leg.joints],
            'waist': list(configuration.waist),
            'arms': [n for arm in configuration.arms.values() for n in arm.joints],
        }
        self._limits = {n: robot.effort_limit_of(n) for names in self._groups.values() for n in names}
        self._trace = trace
        self._peaks = dict.fromkeys(self._groups, 0.0)
        self._next = float('-inf')

    def watch(self, names: Sequence[str], efforts: Sequence[float]) -> None:
        """Take efforts [N m] by name into the peaks."""
        effort = dict(zip(names, efforts))
        for group, members in self._groups.items():
            self._peaks[group] = max(self._peaks[group], max(abs(effort[n]) / self._limits[n] for n in members))

    def due(self, time: float) -> bool:
        """Whether the next sample is due at a time [s]."""
        return time >= self._next

    def sample(self, time: float, names: Sequence[str], positions: Sequence[float], base: pin.SE3, stance: pin.SE3,
               wrenches: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
        """Add a sample.

        Args:
            time: [s].
            names, positions: of the joints [rad, m].
            base, stance: poses of base link and base_footprint in odom.
            wrenches: force [N] and torque [N m] on each sole in its own axes, by side.
        """
        q = self._robot.configuration_of(names, positions, stance.actInv(base))
        pin.framesForwardKinematics(self._robot.model, self._data, q)
        soles = [(self._data.oMf[self._soles[side]], *wrench) for side, wrench in wrenches.items()]
        self._trace.add(time, centre_of_pressure(soles), self._peaks)
        self._peaks = dict.fromkeys(self._groups, 0.0)
        self._next = time + INTERVAL


def centre_of_pressure(soles: Sequence[tuple[pin.SE3, np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Centre of pressure (x, y) [m] on the floor z = 0, or nan without load.

    p = (-m_y, m_x) / f_z with force f and moment m about the origin summed over the soles (Vukobratovic and
    Borovac, "Zero-moment point - thirty five years of its life", 2004).

    Args:
        soles: pose, force [N] and torque [N m] in the sole's axes.
    """
    load, moment = 0.0, np.zeros(3)
    for pose, force, torque in soles:
        f = pose.rotation @ force
        moment += np.cross(pose.translation, f) + pose.rotation @ torque
        load += f[2]
    if load < LEAST_LOAD:
        return float('nan'), float('nan')
    return float(-moment[1] / load), float(moment[0] / load)
