# SPDX-License-Identifier: Apache-2.0
"""The browser view: scene on the left, what matters and the buttons on the right."""

from __future__ import annotations

import contextlib
import enum
import io
import secrets
from collections.abc import Callable

import numpy as np
import viser

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.view import page_text
from humanoid_control.view.balance_scene import BalanceScene
from humanoid_control.view.parts_scene import PartsScene
from humanoid_control.view.robot_scene import RobotScene
from humanoid_control.view.settings import ViewSettings
from humanoid_control.view.station_scene import StationScene
from humanoid_control.view.view_state import ViewState

FACES_ROBOT = {'position': (1.8, 1.0, 1.35), 'look_at': (0.1, 0.0, 0.8)}  # first camera [m]
JPEG_QUALITY = 70


class Button(enum.Enum):
    """What a person can press."""

    STOP = 'stop'
    RESET = 'reset'
    PAUSE = 'pause'
    HOIST = 'hoist'
    FREEZE = 'stop time'


class _ClosedServer(viser.ViserServer):
    """A server that no browser can ask to publish the page on the internet."""

    def request_share_url(self, verbose: bool = True) -> str | None:
        """Refuse."""
        return None


class WebPage:
    """Builds the page once and shows states on it.

    Every viewer sees the same page. The server listens on a random address of this computer that only the access gate
    knows: other computers cannot reach it, other pages in a local browser cannot guess it.

    Attributes:
        address: host and port of the page's own server.
    """

    def __init__(
        self,
        settings: ViewSettings,
        tree: LinkTree,
        station: StationConfiguration,
        *,
        title: str,
        on_button: Callable[[Button], None],
        on_viewers: Callable[[], None],
    ):
        """
        Args:
            on_button, on_viewers: called in another thread when a button is pressed, a viewer comes or goes.
        """
        self._settings = settings
        self._tree = tree
        host = '127.' + '.'.join(str(1 + secrets.randbelow(254)) for _ in range(3))
        with contextlib.redirect_stdout(io.StringIO()):  # viser would show its own address, which is not the page's
            self._server = _ClosedServer(host=host, port=0, verbose=False)
        self.address = (host, self._server.get_port())
        self._server.gui.set_panel_label(title)
        self._server.gui.configure_theme(show_logo=False, show_share_button=False, control_width='large')
        self._build_scene(station)
        self._build_controls(on_button)
        self._build_details()
        self._server.on_client_connect(lambda _: on_viewers())
        self._server.on_client_disconnect(lambda _: on_viewers())

    @property
    def viewers(self) -> int:
        """Number of browsers that watch."""
        return len(self._server.get_clients())

    @property
    def undrawn(self) -> tuple[str, ...]:
        """Meshes of the robot that could not be read."""
        return tuple(self._robot.undrawn)

    def show_motion(self, state: ViewState) -> None:
        """Move robot and balance figures."""
        with self._server.atomic():
            self._robot.show(state.sample)
            self._balance.show(state.balance)

    def show_text(self, state: ViewState) -> None:
        """Change words, tables and detections where they differ."""
        self._write(self._banner, page_text.banner(state.safety))
        self._write(self._work, page_text.work(state))
        self._write(self._faults, page_text.faults(state.safety))
        self._write(self._joints, page_text.joints(state, self._tree))
        self._write(self._log, page_text.log(state.log, self._settings.log_lines))
        sightings = [part for parts in state.parts.values() for part in parts]
        with self._server.atomic():
            self._parts.show(part for part in sightings if part.kind != 'station')
            self._station.show(next((part for part in sightings if part.kind == 'station'), None))
        self._hoist.visible = state.hoist
        self._freeze.visible = state.paused is not None
        self._freeze.label = 'Let time go on (simulation)' if state.paused else 'Stop time (simulation)'

    def show_pictures(self, state: ViewState) -> None:
        """Change the camera pictures that are new."""
        for camera, picture in state.pictures.items():
            step = max(1, round(picture.shape[1] / self._settings.picture_width))
            self._pictures[camera].image = np.ascontiguousarray(picture[::step, ::step])

    def close(self) -> None:
        """End the server."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.stop()

    def _build_scene(self, station: StationConfiguration) -> None:
        scene = self._server.scene
        scene.set_up_direction('+z')
        scene.configure_default_lights(enabled=True, cast_shadow=True)
        scene.add_grid(
            '/floor',
            width=6.0,
            height=6.0,
            cell_size=0.25,
            section_size=0.5,
            position=(0.0, 0.0, -0.001),
            plane_color=(226, 229, 233),
            plane_opacity=1.0,
            shadow_opacity=0.2,
        )
        self._server.initial_camera.position = FACES_ROBOT['position']
        self._server.initial_camera.look_at = FACES_ROBOT['look_at']
        self._robot = RobotScene(scene, self._tree)
        self._balance = BalanceScene(scene)
        self._station = StationScene(scene, station)
        self._parts = PartsScene(scene, station)

    def _build_controls(self, on_button: Callable[[Button], None]) -> None:
        gui = self._server.gui
        self._banner = gui.add_html('')
        stop = gui.add_button('STOP', color='red', hint='The robot sits down under control, then switches off (key S)')
        pause = gui.add_button('Pause', hint='The robot holds still and keeps its balance; Reset lets it go on')
        reset = gui.add_button('Reset', hint='Clears faults whose cause has gone; the robot goes on from where it is')
        self._hoist = gui.add_button(
            'Hoist (simulation)', visible=False, hint='Lifts the robot, once it has no power, to where it started'
        )
        self._freeze = gui.add_button(
            'Stop time (simulation)', visible=False, hint='Stops simulated time; the real robot has no such thing'
        )
        for handle, button in (
            (stop, Button.STOP),
            (pause, Button.PAUSE),
            (reset, Button.RESET),
            (self._hoist, Button.HOIST),
            (self._freeze, Button.FREEZE),
        ):
            handle.on_click(lambda _, b=button: on_button(b))
        gui.add_command(
            'Stop the robot', description='Sits down under control, then switches off', hotkey='S'
        ).on_trigger(lambda _: on_button(Button.STOP))
        self._work = gui.add_html('')
        with gui.add_folder('Faults'):
            self._faults = gui.add_html('')

    def _build_details(self) -> None:
        gui = self._server.gui
        tabs = gui.add_tab_group()
        blank = np.full((3 * self._settings.picture_width // 4, self._settings.picture_width, 3), 60, dtype=np.uint8)
        with tabs.add_tab('Cameras'):
            self._pictures = {
                camera: gui.add_image(blank, label=camera.replace('_', ' '), format='jpeg', jpeg_quality=JPEG_QUALITY)
                for camera in self._settings.cameras
            }
        with tabs.add_tab('Joints'):
            self._joints = gui.add_html('')
        with tabs.add_tab('Log'):
            self._log = gui.add_html('')

    def _write(self, handle: viser.GuiHtmlHandle, text: str) -> None:
        if handle.content != text:
            handle.content = text
