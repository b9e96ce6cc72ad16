# SPDX-License-Identifier: Apache-2.0
"""Answers to questions of reach."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin


@dataclass(frozen=True)
class ReachResult:
    """Whether an arm gets its gripper to a pose.

    Attributes:
        side: 'l' or 'r'.
        pose: pose asked for, in base_footprint.
        reachable: reached within tolerance, away from the joint limits, and clear of the body.
        posture: angles of the arm's joints [rad], in the robot file's order: the best posture where reachable, else the
            one that comes nearest.
        margin: least distance of a joint to its limits [rad] in that posture.
        clearance: least distance of the arm to other links [m] in that posture.
        position_error: distance to the pose [m]; orientation_error: angle to it [rad].
        reason: why not reachable; empty where it is.
    """

    side: str
    pose: pin.SE3
    reachable: bool
    posture: np.ndarray
    margin: float
    clearance: float
    position_error: float
    orientation_error: float
    reason: str


@dataclass(frozen=True)
class WayResult:
    """Whether an arm gets its gripper along a way.

    Attributes:
        reachable: the whole way.
        margin: least distance of a joint to its limits [rad] on the way.
        tightest: where that is; where the way isn't reachable, the first pose that isn't, with the reason.
        end: where the way, or what is reachable of it, ends.
    """

    reachable: bool
    margin: float
    tightest: ReachResult
    end: ReachResult
