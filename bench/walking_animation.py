# SPDX-License-Identifier: Apache-2.0
"""The robot walks and is pushed, as an animation: `python -m bench.walking_animation` writes docs/walking.gif.

Real physics at real speed: it starts from a stand, walks, is pushed to the side and from behind, turns and stops, and is
pushed once more while it stands. Needs Pillow (`tools/set_up --extra view`).
"""
from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
from PIL import Image, ImageDraw

from bench.walking_rig import PERIOD, WalkingRig
from humanoid_control.model import RobotModel
from humanoid_control.simulation.camera_renderer import CameraRenderer

SIZE = (400, 320)                # [px]
EVERY = 40                       # ticks a frame: 12.5 frames/s
AZIMUTH, ELEVATION, DISTANCE = 125.0, -12.0, 3.4     # [deg], [deg], [m]
HEIGHT = 0.85                    # [m] that the camera looks at
SHOWN = 0.4                      # [s] an arrow is shown, of which 0.1 s pushes
ARROW = 90                       # [px]
RED, DARK = (200, 30, 30), (40, 40, 40)
COLOURS = 64
LARGEST = 5_000_000              # bytes


@dataclass(frozen=True)
class Event:
    """Something that happens at `time` [s].

    Attributes:
        text: what is written from then on.
        velocity: forward, left [m/s], turn [rad/s] from then on; None = as before, () = stop.
        push: direction [deg] from the heading and impulse [N s].
    """

    time: float
    text: str
    velocity: tuple[float, ...] | None = None
    push: tuple[float, float] | None = None


STORY = (Event(0.0, 'standing'), Event(0.6, 'walks at 0.5 m/s', velocity=(0.5, 0.0, 0.0)),
         Event(3.6, 'pushed by 35 N s', push=(90.0, 35.0)), Event(6.2, 'pushed by 40 N s', push=(0.0, 40.0)),
         Event(8.6, 'turns at 0.6 rad/s', velocity=(0.1, 0.0, 0.6)), Event(11.0, 'stops', velocity=()),
         Event(13.0, 'pushed by 40 N s', push=(-90.0, 40.0)))
END = 16.0                       # [s]


class Animation:
    """Draws the rig's world from a camera that goes along."""

    def __init__(self, rig: WalkingRig):
        self._rig = rig
        self._renderer = CameraRenderer(rig.world.world, *SIZE, shadows=True)
        self._camera = mujoco.MjvCamera()
        self._camera.azimuth, self._camera.elevation, self._camera.distance = AZIMUTH, ELEVATION, DISTANCE
        self._centre = rig.base()[:2].copy()
        self._lamp_offset = self._lamp[:2] - self._centre
        self.frames: list[Image.Image] = []

    def draw(self, text: str, push: np.ndarray | None) -> None:
        """One frame; `push`: direction (2,) in the world."""
        self._centre += 0.15 * (self._rig.base()[:2] - self._centre)
        self._camera.lookat[:] = (*self._centre, HEIGHT)
        self._lamp[:2] = self._centre + self._lamp_offset      # goes along, too: else the robot walks into the dark
        picture = Image.fromarray(self._renderer.render(self._camera, *SIZE)[0])
        pen = ImageDraw.Draw(picture)
        pen.text((10, 8), text, fill=DARK if push is None else RED, font_size=18)
        if push is not None:
            self._draw_arrow(pen, push)
        self.frames.append(picture)

    @property
    def _lamp(self) -> np.ndarray:
        """Place (3,) of the lamp in the world, to be changed; every tick puts it back to where it is drawn."""
        world = self._rig.world.world
        return world.data.light_xpos[world.model.light('lamp').id]

    def save(self, path: Path) -> int:
        """Write a GIF with one palette for all frames; its size [bytes]."""
        width, height = SIZE
        sample = self.frames[len(self.frames) // 2].copy()
        # a colour of a few strokes in some frames counts for nothing without this
        ImageDraw.Draw(sample).rectangle((0, height - height // 10, width, height), fill=RED)
        palette = sample.quantize(COLOURS)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=round(EVERY * PERIOD * 1e3), loop=0,
                       optimize=True)
        return path.stat().st_size

    @staticmethod
    def _draw_arrow(pen: ImageDraw.ImageDraw, push: np.ndarray) -> None:
        """Arrow that ends at the torso, as the camera sees the direction."""
        azimuth, elevation = np.radians(AZIMUTH), np.radians(ELEVATION)
        ahead = np.array([np.cos(azimuth), np.sin(azimuth)])
        right, up = push @ (ahead[1], -ahead[0]), -np.sin(elevation) * (push @ ahead)
        along = np.array([right, -up]) * ARROW
        tip = np.array([SIZE[0] / 2, 0.42 * SIZE[1]]) - 0.25 * along
        across = np.array([-along[1], along[0]])
        pen.line([*(tip - along), *(tip - 0.2 * along)], fill=RED, width=5)
        pen.polygon([tuple(tip), tuple(tip - 0.25 * along + 0.1 * across), tuple(tip - 0.25 * along - 0.1 * across)], fill=RED)


def perform(rig: WalkingRig, animation: Animation) -> bool:
    """Play the story; False when the robot falls."""
    waiting, text, push, pushed = list(STORY), '', None, -np.inf
    for tick in range(round(END / PERIOD)):
        now = tick * PERIOD
        while waiting and waiting[0].time <= now:
            event = waiting.pop(0)
            text = event.text
            if event.velocity is not None:
                rig.balance.walking.walk(event.velocity) if event.velocity else rig.balance.walking.stop()
            if event.push is not None:
                angle = np.radians(event.push[0]) + rig.place()[2]
                push, pushed = np.array([np.cos(angle), np.sin(angle)]), now
                rig.push(*event.push)
        if tick % EVERY == 0:
            animation.draw(text, push if now - pushed < SHOWN else None)
        if not rig.tick():
            return False
    return True


def main() -> int:
    """Film the story; 1 when the robot falls or the file grows too large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=Path(__file__).parents[1] / 'docs' / 'walking.gif')
    arguments = parser.parse_args()
    rig = WalkingRig(RobotModel.default(), seed=2)
    animation = Animation(rig)
    if not perform(rig, animation):
        print('walking_animation: the robot fell', file=sys.stderr)
        return 1
    size = animation.save(arguments.out)
    print(f'wrote {arguments.out}: {len(animation.frames)} frames, {size / 1e6:.1f} MB')
    return 0 if size < LARGEST else 1


if __name__ == '__main__':
    sys.exit(main())
