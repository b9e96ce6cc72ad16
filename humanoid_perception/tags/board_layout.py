# SPDX-License-Identifier: Apache-2.0
"""Where the corners of a board's tags are in the station frame."""

from __future__ import annotations

import numpy as np

from humanoid_control.model.station_configuration import TagBoard

# corners of a tag in the detector's order (lower left, lower right, upper right, upper left of AprilTag's own drawing),
# for a tag whose upper edge looks along +x of the station frame, y being to the left
_CORNERS = 0.5 * np.array([[-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [1.0, 1.0]])


class BoardLayout:
    """Flat board of equally turned tags in the plane z = 0 of the station frame.

    Printed tags come in two drawings that differ by half a turn (AprilTag's own and OpenCV's), and sheets get glued on
    sideways: the station file gives centres, and the number of quarter turns is found from the image.
    """

    def __init__(self, board: TagBoard) -> None:
        """Compute the corners from the station's drawing."""
        self.family = 'tag' + board.family
        self.tag_ids = tuple(board.tags)
        self._centres = {identity: np.array([*centre, 0.0]) for identity, centre in board.tags.items()}
        self._corners = np.zeros((4, 3))
        self._corners[:, :2] = board.tag_size * _CORNERS

    def corners(self, tag_id: int, quarter_turns: int = 0) -> np.ndarray:
        """Return the corners (4, 3) [m] of a tag in the station frame, the tag turned counterclockwise."""
        return self._centres[tag_id] + np.roll(self._corners, -quarter_turns, axis=0)
