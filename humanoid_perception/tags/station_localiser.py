# SPDX-License-Identifier: Apache-2.0
"""Pose of the station in `odom`, image by image."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_check import check_colour
from humanoid_perception.pose_estimate import PoseEstimate
from humanoid_perception.pose_filter import PoseFilter
from humanoid_perception.tags.board_pose import BoardPoseSolver, BoardSighting
from humanoid_perception.tags.tag_detector import TagDetector


class StationLocaliser:
    """Finds the tag board in colour images and filters the station's pose over them."""

    def __init__(self, detector: TagDetector, solver: BoardPoseSolver, pose_filter: PoseFilter,
                 camera_deviation: tuple[float, float] = (0.0005, 0.001)) -> None:
        """Keep the parts.

        Args:
            detector: finds tags.
            solver: solves for the board.
            pose_filter: averages in `odom`.
            camera_deviation: standard deviation of the camera's pose in `odom` per image [m, rad].
        """
        self._detector = detector
        self._solver = solver
        self._filter = pose_filter
        self._camera_covariance = np.diag(np.square(np.repeat(camera_deviation, 3)))

    @property
    def station(self) -> PoseEstimate | None:
        """Pose of the station frame in `odom`; None before the board was first seen."""
        return self._filter.estimate

    @property
    def stamp(self) -> float:
        """Stamp [s] of the last image that the estimate used."""
        return self._filter.stamp

    def look(self, image: np.ndarray, camera: CameraModel) -> BoardSighting:
        """Return the board's pose in the optical frame from one image (h, w[, 3]) uint8 rgb.

        Raises ImageFormatError, CoveredCameraError or BoardNotSeenError.
        """
        check_colour(image, camera)
        return self._solver.solve(self._detector.detect(image), camera)

    def update(self, image: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, stamp: float) -> BoardSighting:
        """Take in one image of time `stamp` [s]; `camera_pose` is the SE3 of the optical frame in `odom`.

        Raises what `look` raises; the estimate then stays.
        """
        sighting = self.look(image, camera)
        self._filter.update(sighting.estimate.moved(camera_pose, self._camera_covariance), stamp)
        return sighting
