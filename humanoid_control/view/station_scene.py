# SPDX-License-Identifier: Apache-2.0
"""The station's drawing in the browser's scene, where the cameras found the station."""

from __future__ import annotations

import numpy as np
import viser

from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.view.part_sighting import PartSighting
from humanoid_control.view.rotation import quaternion

WOOD = (196, 176, 148)
STEEL = (150, 155, 160)
TRAY = (90, 100, 115)
BOARD = (245, 245, 245)
ROOT = '/station'


class StationScene:
    """Bench, tag board, trays and bosses from the drawing; hidden until the station is found."""

    def __init__(self, scene: viser.SceneApi, station: StationConfiguration):
        self._root = scene.add_frame(ROOT, show_axes=False, visible=False)
        # in the station frame the bench top lies this much below the board's surface
        top = station.bench.height - station.nominal_pose.z
        depth, width = station.bench.size
        scene.add_box(
            f'{ROOT}/bench', color=WOOD, dimensions=(depth, width, 0.03), position=(*station.bench.centre, top - 0.015)
        )
        tags = np.array(list(station.board.tags.values()))
        size = np.ptp(tags, axis=0) + 1.4 * station.board.tag_size
        scene.add_box(f'{ROOT}/board', color=BOARD, dimensions=(*size, -top), position=(*tags.mean(axis=0), top / 2))
        for side, tray in station.trays.items():
            scene.add_box(
                f'{ROOT}/tray_{side}', color=TRAY, dimensions=(*tray.size, 0.001), position=(*tray.centre, top + 0.001)
            )
        boss = station.fixture
        for side, pin in boss.pins.items():
            scene.add_cylinder(
                f'{ROOT}/boss_{side}',
                radius=boss.boss_radius,
                height=boss.boss_height,
                color=STEEL,
                position=(*pin, top + boss.boss_height / 2),
            )

    def show(self, sighting: PartSighting | None) -> None:
        """Put the drawing where the station was found; None leaves it where it is."""
        if sighting is None or not np.all(np.isfinite(sighting.pose)):
            return
        self._root.position = sighting.pose[:3, 3]
        self._root.wxyz = quaternion(sighting.pose[:3, :3])
        if not self._root.visible:
            self._root.visible = True
