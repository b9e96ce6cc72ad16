# SPDX-License-Identifier: Apache-2.0
"""One work cycle in evenly spaced frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from humanoid_control.recording.episodes.recorded_run import Cycle, RecordedRun


@dataclass(frozen=True)
class Episode:
    """A cycle as it was seen.

    Attributes:
        run, cycle: where it is from.
        vectors: by feature, (frames, entries) in float32.
        names: of the entries, by feature.
        pictures: by camera, the JPEG of each frame.
    """

    run: RecordedRun
    cycle: Cycle
    vectors: dict[str, np.ndarray]
    names: dict[str, list[str]]
    pictures: dict[str, list[bytes]]

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.vectors['action'])
