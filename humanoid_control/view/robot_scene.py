# SPDX-License-Identifier: Apache-2.0
"""The robot in the browser's scene, drawn from the shapes of its URDF."""

from __future__ import annotations

import numpy as np
import trimesh
import viser

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.link_visual import LinkVisual
from humanoid_control.safety.robot_sample import RobotSample
from humanoid_control.view.rotation import quaternion

MOVED = 5e-4  # [rad, m] smaller changes of a joint are not sent
ROOT = '/robot'


class RobotScene:
    """One frame per movable joint, nested as the links are: a moving joint costs one small message.

    Attributes:
        undrawn: files of meshes that could not be read.
    """

    def __init__(self, scene: viser.SceneApi, tree: LinkTree):
        self._tree = tree
        self.undrawn: list[str] = []
        self._root = scene.add_frame(ROOT, show_axes=False)
        paths = {tree.root: ROOT}
        self._frames = {}
        local = tree.local_transforms({})
        for row, joint in enumerate(tree.joints.values()):
            paths[joint.child] = f'{paths[joint.parent]}/{joint.child}'
            frame = scene.add_frame(
                paths[joint.child], show_axes=False, position=local[row, :3, 3], wxyz=quaternion(local[row, :3, :3])
            )
            if joint.kind != 'fixed':
                self._frames[joint.name] = (row, frame)
        self._drawn: dict[str, float] = {}
        for link, visuals in tree.visuals.items():
            for number, visual in enumerate(visuals):
                self._add(scene, f'{paths[link]}/visual_{number}', visual)

    def show(self, sample: RobotSample) -> None:
        """Move to the joints and base of a sample."""
        if sample.base is not None:
            self._root.position = sample.base[:3, 3]
            self._root.wxyz = quaternion(sample.base[:3, :3])
        local = None
        for name, (row, frame) in self._frames.items():
            driver = self._tree.joints[name].mimic
            value = sample.position.get(driver[0] if driver else name)
            if value is None or not np.isfinite(value) or abs(value - self._drawn.get(name, np.inf)) < MOVED:
                continue
            if local is None:
                local = self._tree.local_transforms(sample.position)
            self._drawn[name] = value
            if self._tree.joints[name].kind == 'prismatic':
                frame.position = local[row, :3, 3]
            else:
                frame.wxyz = quaternion(local[row, :3, :3])

    def _add(self, scene: viser.SceneApi, name: str, visual: LinkVisual) -> None:
        red, green, blue, alpha = visual.colour
        look = {
            'color': tuple(round(255 * c) for c in (red, green, blue)),
            'opacity': alpha if alpha < 1 else None,
            'position': visual.origin[:3, 3],
            'wxyz': quaternion(visual.origin[:3, :3]),
        }
        if visual.kind == 'box':
            scene.add_box(name, dimensions=visual.size, **look)
        elif visual.kind == 'cylinder':
            radius, length = visual.size
            scene.add_cylinder(name, radius=radius, height=length, **look)
        elif visual.kind == 'sphere':
            scene.add_icosphere(name, radius=visual.size[0], **look)
        else:
            self._add_mesh(scene, name, visual, look)

    def _add_mesh(self, scene: viser.SceneApi, name: str, visual: LinkVisual, look: dict) -> None:
        try:
            mesh = trimesh.load_mesh(visual.file)
        except (OSError, ValueError):
            self.undrawn.append(visual.file)
            return
        scene.add_mesh_simple(name, mesh.vertices * np.array(visual.size), mesh.faces, **look)
