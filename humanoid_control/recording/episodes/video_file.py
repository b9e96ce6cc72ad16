# SPDX-License-Identifier: Apache-2.0
"""Pictures as a film."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from humanoid_control.recording.errors import RecordingError

FOURCC = 'mp4v'  # MPEG-4 Part 2: encoder within OpenCV that is free of GPL code, quick, and read by every decoder


class VideoFile:
    """An .mp4 that grows picture by picture.

    Attributes:
        frames: number of pictures so far.
    """

    def __init__(self, path: Path, fps: int, height: int, width: int):
        """Raises RecordingError naming the file when OpenCV cannot write it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.frames = 0
        self._path = path
        self._shape = (height, width, 3)
        self._writer = cv2.VideoWriter(
            str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*FOURCC), float(fps), (width, height)
        )
        if not self._writer.isOpened():
            raise RecordingError(f'{path}: this OpenCV cannot write {FOURCC} films; it needs FFmpeg')

    def add(self, picture: np.ndarray) -> None:
        """Append a picture (height, width, 3) in blue, green, red. Raises RecordingError for another size."""
        if picture.shape != self._shape:
            raise RecordingError(f'{self._path}: picture of {picture.shape}; the first one was {self._shape}')
        self._writer.write(picture)
        self.frames += 1

    def close(self) -> None:
        """Finish the file."""
        self._writer.release()
