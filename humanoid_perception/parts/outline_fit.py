# SPDX-License-Identifier: Apache-2.0
"""Fits outlines to the edges of a grey image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from humanoid_perception.parts.outline import Outline, OutlineModel
from humanoid_perception.parts.station_view import StationView

# spacing of the samples across an edge [px]
_STEP = 0.5
# grey levels per pixel at which an edge counts half; noise of 5 grey levels leaves up to 3 after smoothing
_HALF_STRENGTH = 6.0
# deviation of an edge from its model that is believed [px]; beyond, Tukey's weight falls to zero
_BELIEVED = 1.5
# deviation of one edge point at least [px]: smoothing correlates neighbours
_EDGE_NOISE = 0.35


@dataclass(frozen=True)
class OutlineFit:
    """Result for b assumed poses.

    Attributes:
        parameters: (b, k).
        covariance: (b, k, k).
        support: (b,) share of the visible outline that has an edge where it should be, 0 to 1.
    """

    parameters: np.ndarray
    covariance: np.ndarray
    support: np.ndarray


class OutlineFitter:
    """Gauss-Newton on the distances between projected outline and image edges, found by search across the outline.

    Method of edge based tracking: Harris and Stennett, "RAPID", 1990; Drummond and Cipolla 2002.
    """

    def __init__(self, view: StationView, model: OutlineModel) -> None:
        """Keep the view and the part's model."""
        self._view = view
        self._model = model

    def fit(self, parameters: np.ndarray, prior_deviation: np.ndarray, ranges: tuple[float, ...]) -> OutlineFit:
        """Fit all poses of a batch.

        Args:
            parameters: (b, k) first guesses, which are also the prior's means.
            prior_deviation: (k,) of the guesses.
            ranges: how far edges are searched on both sides, one value per iteration [px].
        """
        mean = np.array(parameters, dtype=float)
        current = mean.copy()
        prior = np.diag(1.0 / np.square(prior_deviation))
        for reach in ranges:
            residual, jacobian, weight, visible = self._measure(current, reach)
            information = prior + np.einsum('bsi,bs,bsj->bij', jacobian, weight, jacobian) / _EDGE_NOISE**2
            gradient = (mean - current) @ prior + np.einsum(
                'bsi,bs,bs->bi', jacobian, weight, residual
            ) / _EDGE_NOISE**2
            current = current + np.linalg.solve(information, gradient[..., None])[..., 0]
        support = weight.sum(axis=1) / np.maximum(visible.sum(axis=1), 1e-9)
        return OutlineFit(current, np.linalg.inv(information), support)

    def _measure(self, parameters: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return residuals (b, s) [px], their Jacobian (b, s, k), weights (b, s) and visibility (b, s)."""
        outline = self._model.outline(parameters, self._view.camera_position)
        pixels, normals, jacobian = self._project(outline)
        offsets = np.arange(-reach - _STEP, reach + 1.5 * _STEP, _STEP)
        places = pixels[..., None, :] + offsets[:, None] * normals[..., None, :]
        profile = self._sample(places)
        slope = np.abs(profile[..., 2:] - profile[..., :-2]) / (2.0 * _STEP)
        inner = offsets[1:-1]
        # nearer edges are more likely the right ones
        likely = slope * np.exp(-0.5 * np.square(inner / (0.6 * reach)))
        best = np.clip(likely.argmax(axis=-1), 1, len(inner) - 2)[..., None]
        before, here, after = (np.take_along_axis(slope, best + k, axis=-1)[..., 0] for k in (-1, 0, 1))
        bend = before - 2.0 * here + after
        shift = np.where(bend < -1e-6, 0.5 * (before - after) / np.minimum(bend, -1e-6), 0.0)
        residual = inner[best[..., 0]] + _STEP * np.clip(shift, -1.0, 1.0)
        strength = here**4 / (here**4 + _HALF_STRENGTH**4)
        believed = max(_BELIEVED, reach)
        tukey = np.square(np.maximum(0.0, 1.0 - np.square(residual / believed)))
        inside = np.all(
            (pixels > 4.0) & (pixels < (self._view.camera.width - 5.0, self._view.camera.height - 5.0)), axis=-1
        )
        visible = outline.weights
        return residual, jacobian, visible * inside * strength * tukey, visible

    def _project(self, outline: Outline) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return pixels (b, s, 2), the edges' unit normals (b, s, 2) and shift along them per parameter (b, s, k)."""
        rotation = self._view.camera_pose.rotation
        local = self._view.local(outline.points)
        fx, fy = self._view.camera.matrix[0, 0], self._view.camera.matrix[1, 1]
        depth = local[..., 2]
        pixels = self._view.camera.project(local)
        tangent = outline.tangents @ rotation
        along = np.stack(
            [
                fx * (tangent[..., 0] - local[..., 0] / depth * tangent[..., 2]),
                fy * (tangent[..., 1] - local[..., 1] / depth * tangent[..., 2]),
            ],
            axis=-1,
        )
        normals = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
        # d(pixel)/d(point) contracted with the normal, then by the parameters
        row = np.stack(
            [
                fx * normals[..., 0],
                fy * normals[..., 1],
                -(fx * normals[..., 0] * local[..., 0] + fy * normals[..., 1] * local[..., 1]) / depth,
            ],
            axis=-1,
        )
        row = (row / depth[..., None]) @ rotation.T
        return pixels, normals, np.einsum('bsi,bsik->bsk', row, outline.derivatives)

    def _sample(self, places: np.ndarray) -> np.ndarray:
        """Return grey values at pixels (b, s, n, 2), bilinear."""
        flat = places.reshape(-1, places.shape[-2], 2).astype(np.float32)
        values = cv2.remap(
            self._view.grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return values.reshape(places.shape[:-1])
