# SPDX-License-Identifier: Apache-2.0
"""The handle of a hand, as rviz2 draws it: a box with arrows and rings to drag, and a menu."""

from __future__ import annotations

import math

import numpy as np
from geometry_msgs.msg import Point, Pose, Quaternion
from visualization_msgs.msg import InteractiveMarker, InteractiveMarkerControl, Marker, MenuEntry

from humanoid_control.view.rotation import quaternion

SEND, BACK = 1, 2  # entries of the menu
MENU = {SEND: 'Move the hand here', BACK: 'Back to the hand'}
SIZE = (0.05, 0.09, 0.07)  # [m] of the box, in axes of the gripper
SCALE = 0.22  # [m] of arrows and rings
COLOUR = (0.35, 0.78, 0.98, 0.45)
HALF = math.sqrt(0.5)
# arrows and rings lie along the x axis of a control, which these turn to x, z and y
AXES = {'x': (1.0, 0.0, 0.0), 'z': (0.0, 1.0, 0.0), 'y': (0.0, 0.0, 1.0)}


def hand_handle(name: str, frame: str, pose: np.ndarray) -> InteractiveMarker:
    """Handle at a transform (4, 4) in a frame."""
    handle = InteractiveMarker(name=name, description=name.replace('_', ' '), scale=SCALE, pose=pose_of(pose))
    handle.header.frame_id = frame
    box = Marker(type=Marker.CUBE)
    box.scale.x, box.scale.y, box.scale.z = SIZE
    box.color.r, box.color.g, box.color.b, box.color.a = COLOUR
    menu = InteractiveMarkerControl(
        name='menu', interaction_mode=InteractiveMarkerControl.MENU, always_visible=True, markers=[box]
    )
    menu.orientation.w = 1.0
    handle.controls = [menu]
    for axis, (x, y, z) in AXES.items():
        for word, mode in (('move', InteractiveMarkerControl.MOVE_AXIS), ('turn', InteractiveMarkerControl.ROTATE_AXIS)):
            control = InteractiveMarkerControl(name=f'{word}_{axis}', interaction_mode=mode)
            control.orientation = Quaternion(w=HALF, x=HALF * x, y=HALF * y, z=HALF * z)
            handle.controls.append(control)
    handle.menu_entries = [
        MenuEntry(id=number, title=title, command_type=MenuEntry.FEEDBACK) for number, title in MENU.items()
    ]
    return handle


def pose_of(transform: np.ndarray) -> Pose:
    """Pose message of a transform (4, 4)."""
    w, x, y, z = map(float, quaternion(transform[:3, :3]))
    px, py, pz = map(float, transform[:3, 3])
    return Pose(position=Point(x=px, y=py, z=pz), orientation=Quaternion(w=w, x=x, y=y, z=z))
