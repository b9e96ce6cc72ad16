# SPDX-License-Identifier: Apache-2.0
"""Pose of the station in `odom`, image by image."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import TagBoard
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_check import check_colour
from humanoid_perception.pose_estimate import PoseEstimate
from humanoid_perception.pose_filter import PoseFilter
from humanoid_perception.tags.board_layout import BoardLayout
from humanoid_perception.tags.board_pose import BoardPoseSolver, BoardSighting
from humanoid_perception.tags.localiser_settings import LocaliserSettings
from humanoid_perception.tags.tag_detector import TagDetector


class StationLocaliser:
    """Finds the tag board in colour images and filters the station's pose over them.

    Attributes:
        family: of the board's tags.
    """

    def __init__(self, board: TagBoard, settings: LocaliserSettings) -> None:
        """Prepare detector, solver and filter for a station's board."""
        layout = BoardLayout(board)
        self.family = layout.family
        self._detector = TagDetector(layout.family, settings.least_margin)
        self._solver = BoardPoseSolver(
            layout,
            settings.least_tags,
            settings.corner_noise,
            settings.worst_reprojection,
            settings.least_ambiguity_ratio,
        )
        self._filter = PoseFilter(
            np.repeat([settings.position_drift, settings.rotation_drift], 3),
            np.repeat([settings.position_floor, settings.rotation_floor], 3),
        )
        self._camera_covariance = np.diag(
            np.square(np.repeat([settings.camera_position_deviation, settings.camera_rotation_deviation], 3))
        )

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
        return self._solver.solve(self.detect(image, camera), camera)

    def detect(self, image: np.ndarray, camera: CameraModel) -> dict[int, np.ndarray]:
        """Return the corners (4, 2) [px] of all tags of the family by id; ImageFormatError or CoveredCameraError."""
        check_colour(image, camera)
        return self._detector.detect(image)

    def update(self, image: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, stamp: float) -> BoardSighting:
        """Take in one image of time `stamp` [s]; `camera_pose` is the SE3 of the optical frame in `odom`.

        Raises what `look` raises; the estimate then stays.
        """
        return self.take(self.detect(image, camera), camera, camera_pose, stamp)

    def take(self, corners: dict[int, np.ndarray], camera: CameraModel, camera_pose: pin.SE3, stamp: float) -> BoardSighting:
        """Take in the tags of one image, see `detect` and `update`; raises BoardNotSeenError."""
        sighting = self._solver.solve(corners, camera)
        self._filter.update(sighting.estimate.moved(camera_pose, self._camera_covariance), stamp)
        return sighting

    def forget(self) -> None:
        """Begin anew with the next sighting: the robot has moved, and with it the error of its odometry."""
        self._filter.forget()
