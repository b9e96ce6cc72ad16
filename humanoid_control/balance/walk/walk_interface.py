# SPDX-License-Identifier: Apache-2.0
"""Walking of a balance controller (c/walk_control.h): commands in, state of the gait out."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

from humanoid_control.balance.walk.gait_input import Footstep, GaitError, GaitPhase
from humanoid_control.balance.walk.native_structs import FootstepStruct, Output, Pose, State, load_walk_library
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

STOPPED = 6
_ERRORS = {1: 'the robot does not stand yet', 2: 'a footstep is not finite or names no foot', 3: 'more footsteps than fit',
           STOPPED: 'the safety supervisor has stopped the robot'}


class WalkInterface:
    """What BalanceController.walking is.

    Attributes:
        configuration: settings of the gait.
        state, output: the gait's state and last output (c/walk_machine.h); rewritten by every tick.
    """

    def __init__(self, handle: ctypes.c_void_p, configuration: WalkConfiguration | None = None):
        """For the controller behind `handle`, by default with the settings of config/walking.yaml."""
        self._library, self._handle = load_walk_library(), handle
        self.configuration = configuration or WalkConfiguration.load()
        self._apply()
        self.state: State = self._library.balance_gait(handle).contents
        self.output: Output = self._library.balance_gait_output(handle).contents

    def walk(self, velocity: Sequence[float]) -> None:
        """Walk at forward, left [m/s] and turn [rad/s] from now on.

        Raises GaitError when it isn't finite or of three values, and while the robot is stopped.
        """
        if len(velocity) != 3:
            raise GaitError(f'a walking velocity has three values, got {len(velocity)}')
        code = self._library.balance_walk(self._handle, 1, (ctypes.c_double * 3)(*velocity))
        if code == STOPPED:
            raise GaitError(_ERRORS[STOPPED])
        if code:
            raise GaitError(f'a walking velocity must be finite, got {tuple(velocity)}')

    def halt(self) -> None:
        """End a velocity command: come to a stand after the footsteps that are commanded, if any."""
        self._library.balance_walk(self._handle, 0, (ctypes.c_double * 3)())

    def stop(self) -> None:
        """Come to a stand, also from footsteps."""
        self.halt()
        self._library.balance_follow(self._handle, (FootstepStruct * 1)(), 0)

    def follow(self, footsteps: Sequence[Footstep]) -> None:
        """Walk over footsteps in odom, in order; none = stop. GaitError when they are refused."""
        array = (FootstepStruct * max(len(footsteps), 1))(
            *(FootstepStruct(f.foot, Pose(f.x, f.y, f.yaw)) for f in footsteps))
        code = self._library.balance_follow(self._handle, array, len(footsteps))
        if code:
            raise GaitError(f'footsteps: {_ERRORS.get(code, f"code {code}")}')

    def set_parameters(self, changes: Mapping[str, float]) -> None:
        """Change settings while running; ConfigurationError when one is unknown or out of range (then none changes)."""
        self.configuration = self.configuration.with_values(changes)
        self._apply()

    @property
    def phase(self) -> GaitPhase:
        """Whether the robot stands or steps."""
        return GaitPhase(self.output.mode)

    @property
    def target(self) -> Pose:
        """Where the foot that steps, or will step next, comes down: as commanded, or chosen while it is in the air, else where it is.

        What is chosen before a foot lifts off is a forecast that moves by decimetres while the weight is shifted.
        """
        state, swing = self.state, 1 - self.state.stance
        commanded = state.footstep[state.next_footstep] if self.footsteps_left else None
        if commanded is not None and commanded.foot == swing and not state.airborne:
            return commanded.pose
        return state.target if state.chosen else state.sole[swing]

    @property
    def footsteps_left(self) -> int:
        """Commanded footsteps that aren't made yet."""
        return self.state.footstep_count - self.state.next_footstep

    def _apply(self) -> None:
        values = self.configuration.as_array()
        if self._library.balance_set_walk_parameters(self._handle, values.ctypes.data, len(values)):
            raise GaitError('the settings of the gait are refused')  # the table and the library differ
