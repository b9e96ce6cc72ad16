# SPDX-License-Identifier: Apache-2.0
"""Plots of docs/tuning.md: what a gain does as it is, when it is too low and when it is too high.

python -m bench.tuning_plots
"""
from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.walking_rig import PERIOD, WalkingRig
from humanoid_control.model import RobotModel
from humanoid_control.work.line_plot import line_plot

FOLDER = Path(__file__).parents[1] / 'docs' / 'tuning'
SAMPLE = 5                # ticks between points of a line
START = 0.5               # [s] of standing before anything happens
STRIDE = 0.72             # [s] two steps
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" style="background: white" font-family="sans-serif" '

Scene = Callable[[WalkingRig], Iterator[bool]]
Quantity = Callable[[WalkingRig], float]


@dataclass(frozen=True)
class Plot:
    """One setting in three sizes.

    Attributes:
        setting: of config/walking.yaml, or of config/balance.yaml where `standing`.
        values: too low, as it is, too high.
        scene: what the robot does; yields for each tick whether it still stands.
        quantity, what: what is drawn, and its name with the unit.
        beside: settings that change with it, by name, from its value.
    """

    setting: str
    values: tuple[float, float, float]
    scene: Scene
    quantity: Quantity
    what: str
    standing: bool = False
    beside: dict[str, Callable[[float], float]] = field(default_factory=dict)

    def draw(self, robot: RobotModel) -> str:
        """SVG of the three lines; a robot that falls ends its line and is named."""
        lines = {}
        for value in self.values:
            changes = {self.setting: value, **{name: rule(value) for name, rule in self.beside.items()}}
            rig = WalkingRig(robot, 1, **{'gains' if self.standing else 'gait': changes})
            rig.run(START)
            begin = rig.world.time
            points = [(0.0, self.quantity(rig))]
            fell = False
            for tick, up in enumerate(self.scene(rig)):
                if tick % SAMPLE == 0:
                    points.append((rig.world.time - begin, self.quantity(rig)))
                if not up:
                    fell = True
                    break
            lines[f'{value:g}{", falls" if fell else ""}'] = tuple(map(list, zip(*points)))
        name, _, unit = self.what.partition(' [')
        return line_plot(lines, f'{self.setting}: {name} over time [s]', unit.rstrip(']'))


def ticks(rig: WalkingRig, seconds: float) -> Iterator[bool]:
    """Go on for some time."""
    for _ in range(round(seconds / PERIOD)):
        yield rig.tick()


def pushed(direction: float, impulse: float, velocity: tuple[float, float, float] | None = None) -> Scene:
    """A push [deg, N s] of a robot that stands, or that has walked at a velocity for 2 s."""
    def scene(rig: WalkingRig) -> Iterator[bool]:
        if velocity is not None:
            rig.balance.walking.walk(velocity)
            yield from ticks(rig, 2.0)
        else:
            yield from ticks(rig, 0.2)
        rig.push(direction, impulse)
        yield from ticks(rig, 2.0)
    return scene


def walked(velocity: tuple[float, float, float], seconds: float) -> Scene:
    """Walk at a velocity from a stand."""
    def scene(rig: WalkingRig) -> Iterator[bool]:
        rig.balance.walking.walk(velocity)
        yield from ticks(rig, seconds)
    return scene


def dcm_error(axis: int) -> Quantity:
    """Distance of the DCM from its reference along x (0) or y (1) [cm]; the robot starts along x."""
    def error(rig: WalkingRig) -> float:
        output = rig.balance.walking.output
        return 100.0 * (output.dcm[axis] - output.dcm_reference[axis])
    return error


def dcm_sideways(rig: WalkingRig) -> float:
    """y of the DCM [cm]."""
    return 100.0 * rig.balance.walking.output.dcm[1]


def tilt(rig: WalkingRig) -> float:
    """Tilt of the pelvis [deg]."""
    return math.degrees(math.acos(min(1.0, rig.upright())))


class Speed:
    """Forward speed over the last stride [m/s]."""

    def __init__(self) -> None:
        self._places: list[tuple[float, float]] = []

    def __call__(self, rig: WalkingRig) -> float:
        now, x = rig.world.time, float(rig.base()[0])
        if self._places and now < self._places[-1][0]:
            self._places.clear()       # another robot
        self._places.append((now, x))
        while now - self._places[0][0] > STRIDE:
            self._places.pop(0)
        before, where = self._places[0]
        return (x - where) / (now - before) if now > before else 0.0



def torso_tilt(rig: WalkingRig) -> float:
    """Tilt of the torso [deg]."""
    torso = rig.world.world.body_pose(rig.robot.configuration.frames.torso)[1]
    return math.degrees(math.acos(min(1.0, float(torso[2, 2]))))


def duration(rig: WalkingRig) -> float:
    """Duration of the present step [s]."""
    return float(rig.balance.walking.state.duration)


def critical(name: str) -> dict[str, Callable[[float], float]]:
    """Damping that belongs to a stiffness."""
    return {name: lambda stiffness: 2.0 * math.sqrt(stiffness)}


AHEAD = (0.3, 0.0, 0.0)      # [m/s, rad/s]
PLOTS = {
    'step_time': Plot('gait.step_time', (0.26, 0.36, 0.6), walked((0.0, 0.0, 0.0), 4.0), dcm_sideways, 'y of the DCM [cm]'),
    'width': Plot('gait.width', (0.15, 0.2, 0.3), walked((0.0, 0.0, 0.0), 4.0), dcm_sideways, 'y of the DCM [cm]'),
    'trim_gain': Plot('command.trim_gain', (0.0, 0.15, 1.0), walked((0.6, 0.0, 0.0), 8.0), Speed(), 'speed [m/s]'),
    'gait_dcm_gain': Plot('dcm.gain', (0.5, 4.0, 20.0), pushed(90.0, 15.0, AHEAD), dcm_error(1), 'error of the DCM, y [cm]'),
    'outward': Plot('reach.outward', (0.3, 0.8, 1.2), pushed(90.0, 35.0, AHEAD), dcm_error(1), 'error of the DCM, y [cm]'),
    'weight_error': Plot('adaptation.weight_error', (0.5, 5.0, 100.0), pushed(90.0, 25.0, AHEAD), dcm_error(1),
                         'error of the DCM, y [cm]'),
    'weight_time': Plot('adaptation.weight_time', (0.3, 30.0, 3000.0), pushed(0.0, 40.0, AHEAD), duration, 'duration of a step [s]'),
    'trigger': Plot('recovery.trigger', (0.002, 0.015, 0.08), pushed(90.0, 22.0), dcm_error(1), 'error of the DCM, y [cm]'),
    'pelvis_weight': Plot('weight.pelvis', (0.05, 5.0, 500.0), walked((0.6, 0.0, 0.0), 4.0), tilt, 'tilt of the pelvis [deg]'),
    'momentum_weight': Plot('weight.momentum', (0.0, 0.3, 30.0), pushed(0.0, 40.0, AHEAD), tilt, 'tilt of the pelvis [deg]'),
    'standing_dcm_gain': Plot('dcm.gain', (1.0, 4.0, 20.0), pushed(0.0, 15.0), dcm_error(0), 'error of the DCM, x [cm]',
                              standing=True),
    'standing_pelvis': Plot('pelvis.stiffness', (5.0, 100.0, 1500.0), pushed(0.0, 15.0), tilt, 'tilt of the pelvis [deg]',
                            standing=True, beside=critical('pelvis.damping')),
    'standing_torso': Plot('torso.stiffness', (5.0, 100.0, 1500.0), pushed(0.0, 15.0), torso_tilt, 'tilt of the torso [deg]',
                           standing=True, beside=critical('torso.damping')),
    'standing_momentum': Plot('weight.momentum', (0.0, 0.02, 5.0), pushed(0.0, 15.0), dcm_error(0), 'error of the DCM, x [cm]',
                              standing=True),
}


def main() -> int:
    """Draw all plots into docs/tuning."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    robot = RobotModel.default()
    for name, plot in PLOTS.items():
        path = arguments.out / f'{name}.svg'
        path.write_text(plot.draw(robot).replace('<svg ', HEAD, 1) + '\n', encoding='utf-8')
        print(f'wrote {path}', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
