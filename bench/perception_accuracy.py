# SPDX-License-Identifier: Apache-2.0
"""Accuracy of station, nuts and pins against the truth, over randomised scenes of the simulated station.

python -m bench.perception_accuracy --scenes 60
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pinocchio as pin

from bench.perception_scene import SceneTruth, StationScene
from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path
from humanoid_perception.nodes.configurations import PartDetectorConfiguration, StationLocaliserConfiguration
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.part_finder import PartFinder
from humanoid_perception.parts.part_tracker import PartTracker
from humanoid_perception.tags.station_localiser import StationLocaliser

RESULTS = Path(__file__).parent / 'results' / 'perception.json'
_SAME = 0.012  # [m] a detection further from every nut is false
_SYMMETRY = np.pi / 3.0


class PerceptionAccuracy:
    """Collects errors, in mm and degrees, of single images and of the average of several."""

    def __init__(self, scene: StationScene, images: int = 4) -> None:
        """Keep the scene; every arrangement is looked at `images` times."""
        self._scene = scene
        self._images = images
        self._localising = load(StationLocaliserConfiguration, share_path('config', 'station_localiser.yaml'))
        self._detecting = load(PartDetectorConfiguration, share_path('config', 'part_detector.yaml'))
        self.errors: dict[str, list[float]] = defaultdict(list)
        self.counts: dict[str, int] = defaultdict(int)

    def look(self, cycle: int) -> None:
        """Arrange the scene anew and look at it."""
        scene = self._scene
        scene.arrange(cycle)
        truth = scene.truth()
        localiser = StationLocaliser(scene.station.board, self._localising.localiser)
        finder, tracker = PartFinder(scene.station, self._detecting.finder), PartTracker(self._detecting.tracker)
        visible = self._visible(truth)
        self.counts['nuts'] += len(truth.nuts)
        self.counts['nuts in view'] += len(visible)
        for image in range(self._images):
            frame = scene.frame(0.4 * image)
            start = time.process_time()
            sighting = localiser.update(frame.colour, frame.camera, frame.camera_pose, frame.stamp)
            middle = time.process_time()
            found = finder.find(frame, localiser.station.pose)
            tracked = tracker.update([d for d in found if finder.accepts(d)], frame.stamp)
            self.errors['station time [ms]'].append(1e3 * (middle - start))
            self.errors['parts time [ms]'].append(1e3 * (time.process_time() - middle))
            if image == 0:
                single = sighting.estimate.moved(frame.camera_pose)
                self._judge_station('one image: station', single.pose, truth)
                self._judge_parts('one image', tracked, truth, visible)
        self._judge_station('average: station', localiser.station.pose, truth)
        self._judge_parts('average', tracked, truth, visible)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return median, 95 % quantile and number of every error, and the counts."""
        figures = {
            name: {'median': round(float(np.median(v)), 3), 'p95': round(float(np.percentile(v, 95)), 3), 'n': len(v)}
            for name, v in self.errors.items()
        }
        return {**figures, 'counts': dict(self.counts)}

    def _visible(self, truth: SceneTruth) -> set[str]:
        """Return the nuts that the image holds whole."""
        camera, nut = self._scene.camera, self._scene.station.nut
        radius, half = nut.across_flats / np.sqrt(3.0), 0.5 * nut.height
        box = np.array([[x, y, z] for x in (-radius, radius) for y in (-radius, radius) for z in (-half, half)])
        visible = set()
        for name, pose in truth.nuts.items():
            pixels = camera.project((box + pose.translation - truth.camera.translation) @ truth.camera.rotation)
            if np.all(pixels > 5.0) and np.all(pixels < (camera.width - 6.0, camera.height - 6.0)):
                visible.add(name)
        return visible

    def _judge_station(self, label: str, pose: pin.SE3, truth: SceneTruth) -> None:
        self.errors[f'{label} position [mm]'].append(1e3 * np.linalg.norm(pose.translation - truth.station.translation))
        self.errors[f'{label} rotation [deg]'].append(
            np.degrees(np.linalg.norm(pin.log3(pose.rotation.T @ truth.station.rotation)))
        )

    def _judge_parts(self, label: str, parts: list[PartDetection], truth: SceneTruth, visible: set[str]) -> None:
        nuts = [p.estimate.pose for p in parts if p.kind == 'nut']
        matched = 0
        for name, true in truth.nuts.items():
            near = min(nuts, key=lambda p: np.linalg.norm(p.translation - true.translation), default=None)
            if near is None or np.linalg.norm(near.translation - true.translation) > _SAME:
                self.counts[f'{label}: nuts missed'] += name in visible
                continue
            matched += 1
            if name not in visible:
                continue
            error = 1e3 * (near.translation - true.translation)
            yaw = pin.log3(near.rotation.T @ true.rotation)[2]
            yaw -= _SYMMETRY * np.round(yaw / _SYMMETRY)
            self.errors[f'{label}: nut across [mm]'].append(float(np.hypot(*error[:2])))
            self.errors[f'{label}: nut height [mm]'].append(float(abs(error[2])))
            self.errors[f'{label}: nut position [mm]'].append(float(np.linalg.norm(error)))
            self.errors[f'{label}: nut yaw [deg]'].append(float(np.degrees(abs(yaw))))
        self.counts[f'{label}: nuts false'] += len(nuts) - matched
        pins = {p.name: p.estimate.pose for p in parts if p.kind == 'pin'}
        for side, true in truth.pins.items():
            if f'{side}_pin' not in pins:
                self.counts[f'{label}: pins missed'] += 1
                continue
            error = 1e3 * (pins[f'{side}_pin'].translation - true.translation)
            self.errors[f'{label}: pin axis [mm]'].append(float(np.hypot(*error[:2])))
            self.errors[f'{label}: pin seat height [mm]'].append(float(abs(error[2])))


def measure(scenes: int, seed: int, noise: float = 1.0, images: int = 4) -> dict[str, dict[str, float]]:
    """Return the summary of so many scenes."""
    scene = StationScene(seed, noise)
    accuracy = PerceptionAccuracy(scene, images)
    for cycle in range(scenes):
        accuracy.look(cycle)
    scene.close()
    return accuracy.summary()


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and write bench/results/perception.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--scenes', type=int, default=60, help='number of arrangements (default 60)')
    parser.add_argument('--seed', type=int, default=0, help='seed of places and noise (default 0)')
    parser.add_argument(
        '--noise', type=float, default=1.0, help='scale of all errors of camera, calibration, encoders (default 1)'
    )
    options = parser.parse_args(arguments)
    summary = measure(options.scenes, options.seed, options.noise)
    for name, figures in summary.items():
        if name != 'counts':
            print(f'{name:36s} median {figures["median"]:7.3f}   p95 {figures["p95"]:7.3f}   n {figures["n"]}')
    print(', '.join(f'{name} {count}' for name, count in summary['counts'].items()))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps({'scenes': options.scenes, 'seed': options.seed, 'noise': options.noise, **summary}, indent=2) + '\n'
    )
    print(f'written to {RESULTS}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
