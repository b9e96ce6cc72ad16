# SPDX-License-Identifier: Apache-2.0
"""Cells of the floor on which something stands, gathered from depth images."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_check import check_depth
from humanoid_perception.obstacles.obstacle_settings import ObstacleSettings
from humanoid_perception.obstacles.own_body import near_bones

OCCUPIED, FREE, UNKNOWN = 100, 0, -1  # of nav_msgs/OccupancyGrid
_HALF = 1 << 20  # cells on either side of the origin that a key has room for
_NEAREST = 0.05  # [m] before the camera: cells nearer than this can't be looked up in an image


class ObstacleGrid:
    """Remembers occupied cells in `odom` until they are seen to be free, leave the square or are forgotten.

    A cell keeps one of the points that were seen in it. The cell is free when the camera looks at where that point was
    and sees something behind it. So a table stays though the floor below it is in view, and nothing is cleared
    that is merely hidden or out of sight.
    """

    def __init__(self, settings: ObstacleSettings) -> None:
        """Start with nothing seen."""
        self.settings = settings
        self._rays: tuple[CameraModel, np.ndarray] | None = None
        self._centre = np.zeros(2)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._keys = np.zeros(0, dtype=np.int64)
        self._points = np.zeros((0, 3))
        self._stamps = np.zeros(0)
        self._images = np.zeros(0, dtype=int)
        self._floor_keys = self._keys
        self._newest = float('-inf')

    def update(
        self,
        depth: np.ndarray,
        camera: CameraModel,
        camera_pose: pin.SE3,
        base: np.ndarray,
        floor: float,
        bones: np.ndarray,
        stamp: float,
    ) -> None:
        """Take in one image.

        Args:
            depth: (h, w) float32 [m] along the optical axis; NaN, 0 or less: no return.
            camera: intrinsics.
            camera_pose: SE3 of the optical frame in `odom`.
            base: (2 or 3,) position of the robot in `odom` [m].
            floor: height of the floor in `odom` [m].
            bones: (m, 2, 3) ends of the robot's bones in `odom` [m].
            stamp: [s]; earlier than the last one: the clock was set back, everything is forgotten.

        Raises ImageFormatError or DepthError.
        """
        check_depth(depth, camera, self.settings.least_returns)
        if stamp < self._newest:
            self.clear()
        self._newest = stamp
        self._centre = np.array(base[:2], dtype=float)
        points = self._seen(depth, camera, camera_pose)
        height = points[:, 2] - floor
        # beside the floor's noise and the robot's sway, half of what counts as an obstacle
        self._floor_keys = np.unique(self._key(points[np.abs(height) < self.settings.lowest / 2]))
        points = points[(height >= self.settings.lowest) & (height <= self.settings.highest)]
        points = points[~near_bones(points, bones, self.settings.body_radius)]
        keys, samples, counts = self._by_cell(points)
        self._forget(depth, camera, camera_pose, keys)
        enough = counts >= self.settings.least_points
        self._remember(keys[enough], samples[enough], stamp)

    def occupied(self) -> np.ndarray:
        """Return the middles (n, 2) [m] in `odom` of the occupied cells."""
        keys = self._keys[self._images >= self.settings.least_images]
        return (self._cells(keys) + 0.5) * self.settings.resolution

    def window(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the square around the robot as an occupancy grid.

        Returns:
            Outer corner (2,) [m] in `odom` of the first cell, and cells (n, n) int8, row along y: OCCUPIED, FREE where the
            newest image shows the floor, or UNKNOWN.
        """
        count = round(self.settings.size / self.settings.resolution)
        first = self._first_cell()
        grid = np.full((count, count), UNKNOWN, dtype=np.int8)
        for keys, value in (
            (self._floor_keys, FREE),
            (self._keys[self._images >= self.settings.least_images], OCCUPIED),
        ):
            cells = self._cells(keys) - first
            cells = cells[np.all((cells >= 0) & (cells < count), axis=1)]
            grid[cells[:, 1], cells[:, 0]] = value
        return first * self.settings.resolution, grid

    def _seen(self, depth: np.ndarray, camera: CameraModel, camera_pose: pin.SE3) -> np.ndarray:
        """Points (n, 3) [m] in `odom` within reach."""
        stride = self.settings.stride
        if self._rays is None or self._rays[0] is not camera:
            columns, rows = np.meshgrid(np.arange(0, camera.width, stride), np.arange(0, camera.height, stride))
            self._rays = camera, camera.rays(np.stack([columns, rows], axis=-1))
        sampled = depth[::stride, ::stride]
        there = np.isfinite(sampled) & (sampled > 0.0)
        points = self._rays[1][there] * sampled[there, None].astype(float)
        points = points @ camera_pose.rotation.T + camera_pose.translation
        return points[np.hypot(*(points[:, :2] - self._centre).T) <= self.settings.reach]

    def _by_cell(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Keys (m,), the point of middle height (m, 3) and number of points (m,) of the cells with points."""
        keys = self._key(points)
        order = np.lexsort((points[:, 2], keys))
        cells, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
        return cells, points[order][first + counts // 2], counts

    def _forget(self, depth: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, hit: np.ndarray) -> None:
        """Drop cells that are seen to be free, that are old, or that the robot has left behind."""
        local = (self._points - camera_pose.translation) @ camera_pose.rotation
        gone = np.zeros(len(local), dtype=bool)
        ahead = np.flatnonzero(local[:, 2] > _NEAREST)
        columns, rows = np.round(camera.project(local[ahead])).astype(int).T
        inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
        ahead, rows, columns = ahead[inside], rows[inside], columns[inside]
        # comparisons with NaN are false: no return tells nothing
        gone[ahead] = depth[rows, columns] > local[ahead, 2] + self.settings.behind
        gone &= ~np.isin(self._keys, hit)
        gone |= self._newest - self._stamps > self.settings.forget_after
        gone |= np.max(np.abs(self._points[:, :2] - self._centre), axis=1) > self.settings.size / 2
        self._keep(~gone)

    def _remember(self, keys: np.ndarray, points: np.ndarray, stamp: float) -> None:
        known = np.isin(self._keys, keys)
        images = np.ones(len(keys), dtype=int)
        images[np.isin(keys, self._keys)] += self._images[known]  # both are sorted by key
        self._keep(~known)
        self._keys = np.concatenate([self._keys, keys])
        order = np.argsort(self._keys)
        self._keys = self._keys[order]
        self._points = np.concatenate([self._points, points])[order]
        self._stamps = np.concatenate([self._stamps, np.full(len(keys), stamp)])[order]
        self._images = np.concatenate([self._images, images])[order]

    def _keep(self, kept: np.ndarray) -> None:
        self._keys, self._points = self._keys[kept], self._points[kept]
        self._stamps, self._images = self._stamps[kept], self._images[kept]

    def _first_cell(self) -> np.ndarray:
        """Indices (2,) of the first cell of the square; whole cells, so that they stay where they are in `odom`."""
        return np.floor((self._centre - self.settings.size / 2) / self.settings.resolution).astype(int)

    def _key(self, points: np.ndarray) -> np.ndarray:
        """One number for the cell of each point, (n,)."""
        cells = np.floor(points[:, :2] / self.settings.resolution).astype(np.int64) + _HALF
        return cells[:, 0] * (2 * _HALF) + cells[:, 1]

    @staticmethod
    def _cells(keys: np.ndarray) -> np.ndarray:
        """Indices (n, 2) along x and y of the cells of keys (n,)."""
        return np.stack([keys // (2 * _HALF) - _HALF, keys % (2 * _HALF) - _HALF], axis=1)
