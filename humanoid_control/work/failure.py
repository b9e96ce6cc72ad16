# SPDX-License-Identifier: Apache-2.0
"""Why a piece of work was given up: codes for the report, words for the person beside the robot."""
from __future__ import annotations

import enum

from humanoid_control.model.errors import HumanoidError


class FailureCode(enum.Enum):
    """Named reasons; the value is what the report and the log show."""

    STATION_NOT_SEEN = 'station_not_seen'
    PIN_NOT_SEEN = 'pin_not_seen'
    TRAY_EMPTY = 'tray_empty'
    OUT_OF_REACH = 'out_of_reach'
    MOTION_REFUSED = 'motion_refused'
    GRASP_MISSED = 'grasp_missed'
    NUT_DROPPED = 'nut_dropped'
    PIN_NOT_FOUND = 'pin_not_found'
    NOT_SEATED = 'not_seated'
    WAY_BLOCKED = 'way_blocked'
    PLACE_MISSED = 'place_missed'
    WALK_STALLED = 'walk_stalled'
    SENSOR_LOST = 'sensor_lost'
    FELL = 'fell'
    STOPPED = 'stopped'


REMEDY = {
    FailureCode.STATION_NOT_SEEN: 'check that the tag board is in view, clean and not covered',
    FailureCode.PIN_NOT_SEEN: 'check that the fixture is in its place and nothing hides its pins',
    FailureCode.TRAY_EMPTY: 'refill the feeder tray',
    FailureCode.OUT_OF_REACH: 'move the robot or the station until the part is in the reach of the arm',
    FailureCode.MOTION_REFUSED: 'read kinematics/status for the reason',
    FailureCode.GRASP_MISSED: 'check the gripper pads and that nuts lie flat and apart',
    FailureCode.NUT_DROPPED: 'pick the nut up from bench or floor; check the gripper pads',
    FailureCode.PIN_NOT_FOUND: 'check the pin for damage and the camera calibration',
    FailureCode.NOT_SEATED: 'check nut and pin for burrs; seat the nut by hand',
    FailureCode.WAY_BLOCKED: 'clear the way, or correct the floor in the layout file',
    FailureCode.PLACE_MISSED: 'check that the station stands where the layout file has it and that the floor is even',
    FailureCode.WALK_STALLED: 'look whether the node walking runs and the supervisor has not stopped the robot',
    FailureCode.SENSOR_LOST: 'run the doctor: a sensor topic has gone silent',
    FailureCode.FELL: 'stop, secure the robot with the hoist, then reset',
    FailureCode.STOPPED: 'remove the cause, reset, then start the shift again',
}


class WorkFailure(HumanoidError):
    """A skill gives up with a code; `str()` is what happened, with figures."""

    def __init__(self, code: FailureCode, message: str):
        super().__init__(message)
        self.code = code

    @property
    def remedy(self) -> str:
        """What the person beside the robot can do."""
        return REMEDY[self.code]
