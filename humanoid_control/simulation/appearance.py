# SPDX-License-Identifier: Apache-2.0
"""Materials, lights and sky of the simulated shop."""
from __future__ import annotations

import mujoco
import numpy as np

OFFSCREEN_SIZE = (1920, 1080)    # [px] largest picture

_MATERIALS = {
    'bench_top': ((0.36, 0.39, 0.40, 1), 0.2, 0.3),
    'bench_frame': ((0.72, 0.74, 0.76, 1), 0.4, 0.5),
    'tray_mat': ((0.10, 0.22, 0.36, 1), 0.1, 0.1),
    'tray_rim': ((0.16, 0.30, 0.46, 1), 0.3, 0.3),
    'casting': ((0.60, 0.61, 0.62, 1), 0.3, 0.3),
    'machined': ((0.80, 0.81, 0.83, 1), 0.6, 0.6),
    'pin': ((0.70, 0.71, 0.74, 1), 0.7, 0.7),
    'nut': ((0.74, 0.68, 0.50, 1), 0.6, 0.6),
    'board': ((0.97, 0.97, 0.97, 1), 0.0, 0.0),
}


def add_materials(spec: mujoco.MjSpec) -> None:
    """Add the station's materials, the floor and the sky to the spec."""
    for name, (rgba, specular, shininess) in _MATERIALS.items():
        spec.add_material(name=name, rgba=rgba, specular=specular, shininess=shininess)
    spec.add_texture(name='sky', type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
                     builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT, rgb1=(0.80, 0.85, 0.90), rgb2=(0.42, 0.47, 0.54),
                     width=128, height=768)
    spec.add_texture(name='floor', type=mujoco.mjtTexture.mjTEXTURE_2D, builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
                     rgb1=(0.56, 0.58, 0.58), rgb2=(0.52, 0.54, 0.54), mark=mujoco.mjtMark.mjMARK_EDGE,
                     markrgb=(0.46, 0.48, 0.49), width=256, height=256)
    floor = spec.add_material(name='floor', specular=0.1, shininess=0.1, reflectance=0.08, texrepeat=(1, 1), texuniform=True)
    floor.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = 'floor'


def add_textured_material(spec: mujoco.MjSpec, name: str, picture: np.ndarray) -> None:
    """Add a matt material that shows a grey or colour picture, (h, w) or (h, w, 3) uint8, once on a plane."""
    rgb = np.ascontiguousarray(picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2))
    texture = spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=rgb.shape[1],
                               height=rgb.shape[0], nchannel=3)
    texture.data = rgb.tobytes()
    material = spec.add_material(name=name, specular=0, shininess=0, reflectance=0)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name


def add_lights(spec: mujoco.MjSpec) -> None:
    """Light the shop: a lamp over the bench that casts shadows, window, ceiling, a weak headlight."""
    kinds = mujoco.mjtLightType
    lamp, aim = np.array((1.3, 1.1, 3.4)), np.array((0.2, 0.0, 0.7))
    spec.worldbody.add_light(name='lamp', type=kinds.mjLIGHT_SPOT, pos=lamp, dir=(aim - lamp) / np.linalg.norm(aim - lamp),
                             castshadow=True, cutoff=50, exponent=3, attenuation=(1, 0, 0),
                             diffuse=(0.52, 0.52, 0.50), specular=(0.3, 0.3, 0.3))
    spec.worldbody.add_light(name='window', type=kinds.mjLIGHT_DIRECTIONAL, pos=(-2.5, -2.0, 2.5), dir=(0.7, 0.5, -0.45),
                             castshadow=False, diffuse=(0.30, 0.31, 0.34), specular=(0.1, 0.1, 0.1))
    spec.worldbody.add_light(name='ceiling', type=kinds.mjLIGHT_DIRECTIONAL, pos=(0, 0, 4), dir=(-0.25, 0.1, -1),
                             castshadow=False, diffuse=(0.28, 0.28, 0.28), specular=(0, 0, 0))
    headlight = spec.visual.headlight
    headlight.ambient = (0.30, 0.30, 0.31)
    headlight.diffuse = (0.12, 0.12, 0.12)
    headlight.specular = (0, 0, 0)
    spec.visual.global_.offwidth, spec.visual.global_.offheight = OFFSCREEN_SIZE
    # clip planes in units of the extent, which is fixed so that they do not follow the model's size
    spec.stat.extent = 1.0
    spec.stat.center = (0.3, 0.0, 0.9)
    spec.visual.map.znear = 0.02
    spec.visual.map.zfar = 30.0
    spec.visual.map.shadowscale = 0.9    # share of the lamp's cone that the shadow map covers
