# SPDX-License-Identifier: Apache-2.0
"""Binding of c/walk_machine.h: the gait outside the balance controller, for tests, studies and bench."""
from __future__ import annotations

from collections.abc import Sequence

from humanoid_control.balance.walk.gait_input import Footstep, GaitError, GaitInput, GaitOutput, GaitPhase
from humanoid_control.balance.walk.native_structs import FootstepStruct, Input, Output, Pose, State, load_walk_library
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

_ERRORS = {1: 'an input is not finite or beyond any robot', 2: 'a footstep is not finite or names no foot',
           3: 'more footsteps than fit'}


class Gait:
    """Standing and stepping of one robot.

    Attributes:
        state: the C side's state (fields in c/walk_machine.h), to look at.
    """

    def __init__(self, configuration: WalkConfiguration | None = None):
        """Set up with the given settings, by default those of config/walking.yaml."""
        self._library = load_walk_library()
        self._values = (configuration or WalkConfiguration.load()).as_array()
        self.state = State()
        self._input, self._output = Input(), Output()

    def stand(self, measured: GaitInput) -> None:
        """Stand with the soles where they are; GaitError when that isn't finite."""
        self._fill(measured)
        self._check(self._library.walk_stand(self.state, self._input))

    def follow(self, footsteps: Sequence[Footstep]) -> None:
        """Walk over these footsteps in order; none = stop. GaitError when one is bad or they are too many."""
        array = (FootstepStruct * max(len(footsteps), 1))(
            *(FootstepStruct(f.foot, Pose(f.x, f.y, f.yaw)) for f in footsteps))
        self._check(self._library.walk_follow(self.state, array, len(footsteps)))

    def tick(self, measured: GaitInput) -> GaitOutput:
        """One control tick; GaitError when an input isn't finite, and then nothing has changed."""
        self._fill(measured)
        self._check(self._library.walk_tick(self.state, self._values.ctypes.data, self._input, self._output))
        o = self._output
        step = o.footstep
        return GaitOutput(
            phase=GaitPhase(o.mode), swing_foot=o.swing_foot, touchdown=o.touchdown, dcm=tuple(o.dcm),
            dcm_reference=tuple(o.dcm_reference), cop=tuple(o.cop), com_acceleration=tuple(o.com_acceleration),
            margin=o.margin, residual=o.residual, heading=o.heading, load_limit=tuple(o.load_limit),
            swing=(tuple(o.swing.position), tuple(o.swing.velocity), tuple(o.swing.acceleration)),
            footstep=Footstep(step.foot, step.pose.x, step.pose.y, step.pose.yaw))

    def _fill(self, measured: GaitInput) -> None:
        i = self._input
        i.dt, i.com_height = measured.dt, measured.com_height
        i.com[:], i.com_velocity[:] = measured.com, measured.com_velocity
        for k, sole in enumerate(measured.soles):
            i.sole_position[k][:], i.sole_yaw[k] = sole[:3], sole[3]
        i.force[:], i.walk, i.velocity[:] = measured.forces, measured.walk, measured.velocity

    @staticmethod
    def _check(code: int) -> None:
        if code:
            raise GaitError(f'gait: {_ERRORS.get(code, f"code {code}")}')
