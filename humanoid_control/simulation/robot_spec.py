# SPDX-License-Identifier: Apache-2.0
"""The robot's URDF as an editable MuJoCo spec with drives, sensors and cameras."""
from __future__ import annotations

import math
from xml.etree import ElementTree

import mujoco

from humanoid_control.model.errors import ModelError
from humanoid_control.model.robot_configuration import SIDES, Camera, RobotConfiguration
from humanoid_control.simulation.contact import (
    ENVIRONMENT,
    FINGER,
    HIDDEN_GROUP,
    LEFT,
    RIGHT,
    SHOWN_GROUP,
    Contact,
    ground,
)

ROOT_JOINT = 'root'
# both fingers follow one motor; stiff, so that they stay together to a few micrometres
MIMIC_SOLREF = (0.004, 1.0)
# the grip force moves the end stops by hundredths of a millimetre; MuJoCo's default gives by two millimetres
STOP_SOLREF, STOP_SOLIMP = (0.004, 1.0), (0.98, 0.999, 0.0005, 0.5, 2.0)
_GLOSS = {'specular': 0.3, 'shininess': 0.4}


def build_robot_spec(urdf: str, configuration: RobotConfiguration, friction: float,
                     mass_scale: float = 1.0) -> mujoco.MjSpec:
    """Spec of the free-floating robot.

    Each actuated joint gets an actuator of its own name whose control is the constant part of the drive's law,
    effort + kp position + kd velocity; MuJoCo subtracts kp q + kd qd and clips to the URDF's effort limit at every
    physics step. Sensors: `imu/gyro`, `imu/accelerometer`, and `<link>/force`, `<link>/torque` for soles and
    grippers, in the axes of the sensor's frame.

    Args:
        urdf: URDF text.
        friction: sliding friction of the soles.
        mass_scale: factor on mass and inertia of every link.

    Raises ModelError when the URDF is malformed or lacks a link or joint that the robot file names.
    """
    spec = _parse(urdf, configuration.name)
    root = _body(spec, configuration.frames.base, configuration.name)
    root.add_freejoint(name=ROOT_JOINT)
    _set_contacts(spec, configuration, friction)
    _set_materials(spec)
    efforts = _effort_limits(urdf)
    _set_joints(spec, configuration)
    _add_drives(spec, configuration, efforts)
    _add_sensors(spec, configuration)
    for name, camera in configuration.cameras.items():
        _add_camera(_body(spec, camera.optical_frame, configuration.name), name, camera)
    if mass_scale != 1.0:
        for body in spec.bodies:
            body.mass *= mass_scale
            body.inertia = body.inertia * mass_scale
    return spec


def _parse(urdf: str, name: str) -> mujoco.MjSpec:
    try:
        robot = ElementTree.fromstring(urdf)
    except ElementTree.ParseError as error:
        raise ModelError(f'URDF of robot {name!r} is malformed: {error}') from error
    extension = ElementTree.Element('mujoco')
    # keep fixed frames as bodies, keep what is only seen, and take inertias exactly as they are written
    ElementTree.SubElement(extension, 'compiler', fusestatic='false', discardvisual='false', balanceinertia='false')
    robot.insert(0, extension)
    try:
        return mujoco.MjSpec.from_string(ElementTree.tostring(robot, encoding='unicode'))
    except ValueError as error:
        raise ModelError(f'MuJoCo cannot read the URDF of robot {name!r}: {error}') from error


def _body(spec: mujoco.MjSpec, link: str, robot: str) -> mujoco.MjsBody:
    body = spec.body(link)
    if body is None:
        raise ModelError(f'link {link!r} of robot file {robot!r} is not in the URDF')
    return body


def _joint(spec: mujoco.MjSpec, name: str, robot: str) -> mujoco.MjsJoint:
    joint = spec.joint(name)
    if joint is None:
        raise ModelError(f'joint {name!r} of robot file {robot!r} is not in the URDF')
    return joint


def _set_contacts(spec: mujoco.MjSpec, configuration: RobotConfiguration, friction: float) -> None:
    """Soles and links touch the environment, left limbs touch right limbs, and cameras see what does not touch."""
    sole = ground(friction)
    link = Contact((friction, 0.02, 0.001), dimension=3, stiff=False)
    feet = {leg.foot for leg in configuration.legs.values()}
    fingers = {_joint(spec, joint, configuration.name).parent.name
               for joint in (*configuration.gripper_joints, *configuration.mimic_joints)}
    limbs = _limb_bodies(spec, configuration)
    for body in spec.bodies:
        shown = any(geom.contype == 0 and geom.conaffinity == 0 for geom in body.geoms)
        for number, geom in enumerate(body.geoms):
            if geom.contype == 0 and geom.conaffinity == 0:
                geom.group = SHOWN_GROUP
                continue
            if not geom.name:
                geom.name = f'{body.name}_collision_{number}'
            geom.group = HIDDEN_GROUP if shown else SHOWN_GROUP
            surface = sole if body.name in feet else FINGER if body.name in fingers else link
            own, others = limbs.get(body.name, (0, 0))
            surface.apply(geom, own=own, touches=ENVIRONMENT | others)


def _limb_bodies(spec: mujoco.MjSpec, configuration: RobotConfiguration) -> dict[str, tuple[int, int]]:
    """Collision bits (own, touched) of the links beyond the first joint of each arm and leg."""
    bits = dict(zip(SIDES, ((LEFT, RIGHT), (RIGHT, LEFT))))
    limbs: dict[str, tuple[int, int]] = {}
    for side in SIDES:
        for chain in (configuration.legs[side].joints, configuration.arms[side].joints):
            top = _joint(spec, chain[0], configuration.name).parent
            limbs[top.name] = bits[side]
            for body in top.find_all('body'):
                limbs[body.name] = bits[side]
    return limbs


def _set_materials(spec: mujoco.MjSpec) -> None:
    """Give the flat colours of the URDF a little gloss."""
    known: dict[tuple[float, ...], str] = {}
    for body in spec.bodies:
        for geom in body.geoms:
            if geom.contype or geom.conaffinity or geom.material:
                continue
            colour = tuple(float(c) for c in geom.rgba)
            if colour not in known:
                known[colour] = f'robot_{len(known)}'
                spec.add_material(name=known[colour], rgba=colour, **_GLOSS)
            geom.material = known[colour]


def _effort_limits(urdf: str) -> dict[str, float]:
    limits = {}
    for joint in ElementTree.fromstring(urdf).findall('joint'):
        limit = joint.find('limit')
        if limit is not None and 'effort' in limit.attrib:
            limits[joint.attrib['name']] = float(limit.attrib['effort'])
    return limits


def _set_joints(spec: mujoco.MjSpec, configuration: RobotConfiguration) -> None:
    drives = dict(configuration.joints)
    for mimic, gripper in zip(configuration.mimic_joints, configuration.gripper_joints):
        drives[mimic] = configuration.joints[gripper]
    for name, drive in drives.items():
        joint = _joint(spec, name, configuration.name)
        joint.armature = drive.armature
        joint.damping[0] = drive.damping
        # the drive clips its own output; a second clip on the joint would hide its force from the sensors
        joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
        if joint.type == mujoco.mjtJoint.mjJNT_SLIDE:
            joint.solref_limit, joint.solimp_limit = STOP_SOLREF, STOP_SOLIMP
    for equality in spec.equalities:
        if equality.name1 in configuration.mimic_joints or equality.name2 in configuration.mimic_joints:
            equality.solref = MIMIC_SOLREF


def _add_drives(spec: mujoco.MjSpec, configuration: RobotConfiguration, efforts: dict[str, float]) -> None:
    mimic = dict(zip(configuration.gripper_joints, configuration.mimic_joints))
    for name, drive in configuration.joints.items():
        actuator = spec.add_actuator(name=name, gaintype=mujoco.mjtGain.mjGAIN_FIXED,
                                     biastype=mujoco.mjtBias.mjBIAS_AFFINE)
        share = 1.0
        if name in mimic:
            # one motor moves both fingers: the tendon's length is the full opening, twice the joint position
            tendon = spec.add_tendon(name=name)
            tendon.wrap_joint(name, 1.0)
            tendon.wrap_joint(mimic[name], 1.0)
            actuator.trntype = mujoco.mjtTrn.mjTRN_TENDON
            share = 0.5
        else:
            actuator.trntype = mujoco.mjtTrn.mjTRN_JOINT
        actuator.target = name
        actuator.gainprm[0] = 1.0
        actuator.biasprm[1] = -drive.drive_kp * share
        actuator.biasprm[2] = -drive.drive_kd * share
        if name not in efforts:
            raise ModelError(f'joint {name!r} has no effort limit in the URDF')
        actuator.forcerange = (-efforts[name], efforts[name])
        actuator.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
        actuator.ctrllimited = mujoco.mjtLimited.mjLIMITED_FALSE


def _add_sensors(spec: mujoco.MjSpec, configuration: RobotConfiguration) -> None:
    kinds = mujoco.mjtSensor
    imu = configuration.frames.imu
    _body(spec, imu, configuration.name).add_site(name=imu)
    _sensor(spec, 'imu/gyro', kinds.mjSENS_GYRO, imu)
    _sensor(spec, 'imu/accelerometer', kinds.mjSENS_ACCELEROMETER, imu)
    frames = [configuration.legs[s].sole for s in SIDES] + [configuration.arms[s].force_sensor for s in SIDES]
    for frame in frames:
        # the sensor sits at the root of the rigid part that the frame belongs to: the first link up that has mass
        body = _body(spec, frame, configuration.name)
        pos, quat = [0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]
        if body.mass == 0:
            if body.joints or body.parent.mass == 0:
                raise ModelError(f'frame {frame!r} must be fixed to a link that has mass')
            pos, quat, body = body.pos, body.quat, body.parent
        body.add_site(name=frame, pos=pos, quat=quat)
        _sensor(spec, f'{frame}/force', kinds.mjSENS_FORCE, frame)
        _sensor(spec, f'{frame}/torque', kinds.mjSENS_TORQUE, frame)


def _sensor(spec: mujoco.MjSpec, name: str, kind: mujoco.mjtSensor, site: str) -> None:
    spec.add_sensor(name=name, type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site)


def _add_camera(body: mujoco.MjsBody, name: str, camera: Camera) -> None:
    # MuJoCo looks along -z with y up, an optical frame along z with y down: half a turn about x
    body.add_camera(name=name, quat=(0, 1, 0, 0), fovy=math.degrees(camera.vertical_fov),
                    resolution=(camera.width, camera.height))
