# SPDX-License-Identifier: Apache-2.0
"""All parts of a station in one RGB-D frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_perception.parts.nut_detector import NutDetector, NutDetectorSettings
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.pin_detector import PinDetector, PinDetectorSettings
from humanoid_perception.parts.seat_check import SeatCheck, SeatCheckSettings
from humanoid_perception.parts.station_view import StationView
from humanoid_perception.rgbd_frame import RgbdFrame


@dataclass(frozen=True)
class PartFinderSettings:
    """Settings of the part finder.

    Attributes:
        pin_clearance: radial clearance between pin and nut [m], for the pin's size.
        least_score: detections below this are not parts to work with.
        camera_deviation: standard deviation of the camera's pose in `odom` per image [m, rad].
        nut, pin, seat: settings of the detectors.
    """

    pin_clearance: float
    least_score: float
    camera_deviation: tuple[float, float]
    nut: NutDetectorSettings
    pin: PinDetectorSettings
    seat: SeatCheckSettings


class PartFinder:
    """Nuts in the trays, pins on the fixture and nuts on the pins, as far as the station has them.

    A pin with a nut on it is hidden too much to be measured: then only the nut is reported, at the place where the pin
    was last seen bare.
    """

    def __init__(self, station: StationConfiguration, settings: PartFinderSettings) -> None:
        """Prepare the detectors for a station."""
        self._station = station
        self._settings = settings
        bench_height = station.bench.height - station.nominal_pose.z
        pin_radius = 0.5 * station.nut.hole_diameter - settings.pin_clearance
        self._nuts = NutDetector(station.nut, bench_height, settings.nut)
        self._places: dict[str, tuple[float, float]] = {}
        if station.fixture is not None:
            self._places = station.fixture.pins
            self._pins = PinDetector(station.fixture, pin_radius, bench_height, settings.pin)
            self._seats = SeatCheck(station.fixture, station.nut, settings.seat)
        self._camera_covariance = np.diag(np.square(np.repeat(settings.camera_deviation, 3)))
        # seats [m] in the station frame
        self._known_pins: dict[str, np.ndarray] = {}

    def accepts(self, detection: PartDetection) -> bool:
        """Whether a detection is one to work with: scored well, or a nut on a pin, however it sits."""
        return detection.kind == 'seated_nut' or detection.score >= self._settings.least_score

    def find(self, frame: RgbdFrame, station: pin.SE3) -> list[PartDetection]:
        """Return all parts in `odom`, doubtful ones with a low score and a remark.

        Args:
            frame: the images.
            station: SE3 of the station frame in `odom`.
        """
        view = StationView.of_frame(frame, station)
        found = []
        for side, tray in self._station.trays.items():
            found.extend(self._nuts.detect(view, tray, side))
        for side, nominal in self._places.items():
            found.extend(self._look_at_pin(view, nominal, f'{side}_pin'))
        covariance = self._camera_covariance
        # error of the camera's pose, not of the station's: that one cancels out on the way back to `odom`
        to_camera = frame.camera_pose.actInv(station)
        return [
            PartDetection(
                d.kind,
                d.name,
                d.estimate.moved(to_camera).moved(frame.camera_pose, covariance),
                d.score,
                d.size,
                d.remark,
            )
            for d in found
        ]

    def _look_at_pin(self, view: StationView, nominal: tuple[float, float], name: str) -> list[PartDetection]:
        measured = self._pins.detect(view, nominal, name)
        bare = measured is not None and self.accepts(measured)
        if bare and self._seats.check(view, measured.estimate.pose.translation, name) is None:
            # the line may have brought another part since: what is seen now counts, not where the last pin was
            self._known_pins[name] = measured.estimate.pose.translation.copy()
            return [measured]
        seat = self._known_pins.get(name)
        if seat is None and measured is not None:
            seat = measured.estimate.pose.translation
        nut = None if seat is None else self._seats.check(view, seat, name)
        if nut is not None:
            return [nut]
        return [] if measured is None else [measured]
