# SPDX-License-Identifier: Apache-2.0
"""Measures one part more precisely from nearby, by a colour camera without depth such as a wrist camera."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_check import check_colour
from humanoid_perception.parts.nut_outline import NutOutline
from humanoid_perception.parts.outline import OutlineModel
from humanoid_perception.parts.outline_fit import OutlineFit, OutlineFitter
from humanoid_perception.parts.pin_outline import PinOutline
from humanoid_perception.parts.station_view import StationView
from humanoid_perception.pose_estimate import PoseEstimate

# how far the part may be from where it is expected [m, rad]
_POSITION_DEVIATION, _YAW_DEVIATION = 0.002, 0.1
# searched at first, as a length at the part [m], then in pixels
_FIRST_REACH = 0.004
_REACHES = (3.0, 2.0, 1.5, 1.5)
# outline that must be seen
_LEAST_SUPPORT = 0.35


class CloseLook:
    """Fits the outline of a part whose pose is nearly known; its height is taken over, as one image cannot tell it."""

    def __init__(self, station: StationConfiguration, pin_clearance: float) -> None:
        """Prepare the outlines; `pin_clearance` is the radial clearance of pin and nut [m]."""
        pin_radius = 0.5 * station.nut.hole_diameter - pin_clearance
        self._nut = NutOutline(station.nut, 0.0)
        self._pin = PinOutline(station.fixture, pin_radius, 0.0)

    def refine_nut(
        self, image: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, expected: pin.SE3
    ) -> PoseEstimate | None:
        """Return the pose of a flat nut's centre in `odom`, None when too little of its outline is seen.

        Args:
            image: (h, w, 3) uint8 rgb.
            camera: its intrinsics.
            camera_pose, expected: SE3 of the optical frame and of the nut in `odom`.

        Raises ImageFormatError or CoveredCameraError.
        """
        return self._refine(self._nut, 3, image, camera, camera_pose, expected)

    def refine_pin(
        self, image: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, expected: pin.SE3
    ) -> PoseEstimate | None:
        """Return the pose of a bare pin's seat in `odom`; see `refine_nut`."""
        return self._refine(self._pin, 2, image, camera, camera_pose, expected)

    def _refine(
        self,
        model: OutlineModel,
        parameters: int,
        image: np.ndarray,
        camera: CameraModel,
        camera_pose: pin.SE3,
        expected: pin.SE3,
    ) -> PoseEstimate | None:
        check_colour(image, camera)
        # the part's expected frame takes the place of the station's
        view = StationView(camera.rectify(image), camera.rectified(), expected.actInv(camera_pose))
        distance = np.linalg.norm(view.camera_position)
        reach = min(12.0, max(4.0, _FIRST_REACH * camera.focal_length / distance))
        deviation = np.array([_POSITION_DEVIATION, _POSITION_DEVIATION, _YAW_DEVIATION])[:parameters]
        fit = OutlineFitter(view, model).fit(np.zeros((1, parameters)), deviation, (reach, 0.6 * reach, *_REACHES))
        if fit.support[0] < _LEAST_SUPPORT:
            return None
        return _estimate(fit, parameters).moved(expected)


def _estimate(fit: OutlineFit, parameters: int) -> PoseEstimate:
    """Return pose and covariance in the part's expected frame; what the image doesn't tell is left as unknown."""
    places = (0, 1, 5)[:parameters]
    covariance = np.diag([0.0, 0.0, 0.001, 0.02, 0.02, np.pi / np.sqrt(3.0)]) ** 2
    covariance[np.ix_(places, places)] = fit.covariance[0]
    shift = np.zeros(6)
    shift[list(places)] = fit.parameters[0]
    return PoseEstimate(pin.SE3(pin.exp3(shift[3:]), shift[:3]), covariance)
