# SPDX-License-Identifier: Apache-2.0
"""Pose of a tag board from its corners in one image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pinocchio as pin

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import BoardNotSeenError
from humanoid_perception.pose_estimate import PoseEstimate
from humanoid_perception.tags.board_layout import BoardLayout


@dataclass(frozen=True)
class BoardSighting:
    """Board pose of one image.

    Attributes:
        estimate: pose of the station frame in the optical frame.
        tag_ids: tags that were used.
        reprojection: root mean square distance of the corners from their projections [px].
    """

    estimate: PoseEstimate
    tag_ids: tuple[int, ...]
    reprojection: float


class BoardPoseSolver:
    """Perspective-n-point over all corners of a flat board.

    The two candidates of the planar problem (IPPE, Collins and Bartoli 2014) are refined by Levenberg-Marquardt; when
    the second explains the image nearly as well as the first, the sighting is refused.
    """

    def __init__(
        self,
        layout: BoardLayout,
        least_tags: int = 2,
        corner_noise: float = 0.15,
        worst_reprojection: float = 1.5,
        least_ambiguity_ratio: float = 2.0,
    ) -> None:
        """Keep settings.

        Args:
            layout: the board.
            least_tags: fewest tags for a pose; a single tag easily flips.
            corner_noise: standard deviation of a corner that is assumed at least [px].
            worst_reprojection: root mean square distance above which the board isn't the one described [px].
            least_ambiguity_ratio: second candidate's reprojection over the first's, at least.
        """
        self._layout = layout
        self._least_tags = least_tags
        self._corner_noise = corner_noise
        self._worst_reprojection = worst_reprojection
        self._least_ambiguity_ratio = least_ambiguity_ratio
        self._quarter_turns = 0

    def solve(self, corners: dict[int, np.ndarray], camera: CameraModel) -> BoardSighting:
        """Return the sighting of the board.

        Args:
            corners: (4, 2) [px] by tag id; ids of other boards are passed over.
            camera: intrinsics.

        Raises BoardNotSeenError when tags are too few, don't fit the layout or leave two poses.
        """
        ids = tuple(i for i in self._layout.tag_ids if i in corners)
        if len(ids) < self._least_tags:
            raise BoardNotSeenError(
                f'{camera.name}: {len(ids)} of the tags {list(self._layout.tag_ids)} seen, expected at least '
                f'{self._least_tags}; turn the camera to the board, clean or uncover it'
            )
        pixels = np.concatenate([corners[i] for i in ids])
        for turns in sorted(range(4), key=lambda k: (k - self._quarter_turns) % 4):
            points = np.concatenate([self._layout.corners(i, turns) for i in ids])
            candidates = self._candidates(points, pixels, camera)
            if candidates and candidates[0][0] < self._worst_reprojection:
                self._quarter_turns = turns
                break
        else:
            raise BoardNotSeenError(
                f'{camera.name}: tags {list(ids)} do not fit the board of the station file within '
                f"{self._worst_reprojection} px; check tag_size, tags and the camera's calibration"
            )
        reprojection, pose = candidates[0]
        if len(candidates) > 1 and not _same(pose, candidates[1][1]):
            if candidates[1][0] < self._least_ambiguity_ratio * max(reprojection, self._corner_noise):
                raise BoardNotSeenError(
                    f'{camera.name}: tags {list(ids)} leave two poses ({reprojection:.2f} and '
                    f'{candidates[1][0]:.2f} px); look at the board from nearer or more from the side'
                )
        covariance = self._covariance(points, camera, pose, reprojection)
        return BoardSighting(PoseEstimate(pose, covariance), ids, reprojection)

    @staticmethod
    def _candidates(points: np.ndarray, pixels: np.ndarray, camera: CameraModel) -> list[tuple[float, pin.SE3]]:
        """Return refined poses in front of the camera with their reprojection [px], best first."""
        try:
            count, rotations, translations, _ = cv2.solvePnPGeneric(
                points, pixels, camera.matrix, camera.distortion, flags=cv2.SOLVEPNP_IPPE
            )
        except cv2.error:
            return []  # degenerate corners, such as a tag seen edge on
        candidates = []
        for rotation, translation in zip(rotations[:count], translations[:count]):
            rotation, translation = cv2.solvePnPRefineLM(
                points, pixels, camera.matrix, camera.distortion, rotation, translation
            )
            pose = pin.SE3(cv2.Rodrigues(rotation)[0], translation.ravel())
            if pose.translation[2] > 0.0:
                error = camera.project(points @ pose.rotation.T + pose.translation) - pixels
                candidates.append((float(np.sqrt(np.mean(np.sum(error**2, axis=1)))), pose))
        return sorted(candidates, key=lambda candidate: candidate[0])

    def _covariance(self, points: np.ndarray, camera: CameraModel, pose: pin.SE3, reprojection: float) -> np.ndarray:
        """Return sigma^2 (J^T J)^-1 with J (2n, 6) the derivative of the pixels by (translation, left rotation)."""
        turned = points @ pose.rotation.T
        jacobian = np.empty((2 * len(points), 6))
        # with rotation and translation zero, OpenCV's derivative by the translation is that by a shift of the
        # points themselves, lens distortion included
        jacobian[:, :3] = cv2.projectPoints(
            turned + pose.translation, np.zeros(3), np.zeros(3), camera.matrix, camera.distortion
        )[1][:, 3:6]
        for i, point in enumerate(turned):
            jacobian[2 * i : 2 * i + 2, 3:] = -jacobian[2 * i : 2 * i + 2, :3] @ pin.skew(point)
        freedom = max(1, 2 * len(points) - 6)
        noise = max(self._corner_noise, reprojection * np.sqrt(len(points) / freedom))
        return noise**2 * np.linalg.inv(jacobian.T @ jacobian)


def _same(a: pin.SE3, b: pin.SE3) -> bool:
    """Whether the refinement of both candidates ended in one pose (1 mrad)."""
    return bool(np.linalg.norm(pin.log3(a.rotation.T @ b.rotation)) < 1e-3)
