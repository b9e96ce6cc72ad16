# SPDX-License-Identifier: Apache-2.0
"""The balance controller without ROS: low_state arrays in, joint commands out."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np

from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.balance.errors import BalanceError, RefusedReferenceError
from humanoid_control.balance.native_structs import Mode, ReferenceSource, Report, load_balance_library
from humanoid_control.balance.robot_table import describe
from humanoid_control.balance.walk import WalkConfiguration, WalkInterface
from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.model.robot_model import RobotModel

_SET_UP_ERRORS = {1: 'the model table is refused: joint order, axes or inertias',
                  2: 'a joint, frame or low_state entry is out of range or named twice',
                  3: 'a parameter is outside its range'}

POWER_OFF = 11  # reason of c/balance.h

# reasons of c/balance.h whose detail is an entry of low_state
_REASONS_WITH_ENTRY = (2, 9)

# as in c/controller.h: [rad], [rad/s]
LARGEST_ANGLE, LARGEST_RATE = 20.0, 200.0


class BalanceController:
    """Stands, squats and moves the hands: one C call a tick (c/balance.h).

    Not to be used in two threads at once. Until `activate`, and after a fall, `tick` returns damping commands.

    Attributes:
        layout: entries of low_state.
        names: joints of commands and references, in order; also the first entries of low_state.
        position, velocity, effort: commands of the last tick, shape (len(names),): [rad, m], [rad/s, m/s], [N m, N].
        report: what the last tick saw and did (fields and units in c/balance.h); rewritten by every tick.
        walking: commands and state of the gait.
        library, handle: the C library and this controller in it, for humanoid_control.balance.inspection.
    """

    def __init__(self, robot: RobotModel, configuration: BalanceConfiguration | None = None,
                 walk_configuration: WalkConfiguration | None = None):
        """Set up for a robot with the given gains, by default those of config/balance.yaml and config/walking.yaml.

        Raises ModelError when the robot doesn't fit, ConfigurationError when the gains don't.
        """
        self.robot = robot
        self.configuration = configuration or BalanceConfiguration.load()
        self.layout: LowStateLayout = robot.low_state_layout()
        self.names: tuple[str, ...] = self.layout.joint_names
        self.library = load_balance_library()
        self._block = ctypes.create_string_buffer(self.library.balance_controller_size())
        self.handle = ctypes.c_void_p(ctypes.addressof(self._block))
        self._check(self.library.balance_init(self.handle, describe(robot)))
        self._apply()
        self.walking = WalkInterface(self.handle, walk_configuration)
        self.report: Report = self.library.balance_get_report(self.handle).contents
        self.bind_commands(*np.zeros((3, len(self.names))))

    def bind_commands(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> None:
        """Let `tick` write into these float64 arrays, e.g. the views of a message template.

        Raises BalanceError when an array has another shape or type, or isn't contiguous and writable.
        """
        for name, array in (('position', position), ('velocity', velocity), ('effort', effort)):
            if (array.shape != (len(self.names),) or array.dtype != np.float64 or not array.flags.c_contiguous
                    or not array.flags.writeable):
                raise BalanceError(f'{name}: expected a writable contiguous float64 array of {len(self.names)} values, '
                                   f'got {array.dtype} {array.shape}')
        self.position, self.velocity, self.effort = position, velocity, effort
        self._outputs = (position.ctypes.data, velocity.ctypes.data, effort.ctypes.data)

    def activate(self) -> None:
        """Start, or start again after a fall: the next tick takes over from the measured posture."""
        self.library.balance_activate(self.handle)

    def deactivate(self) -> None:
        """Only damp from now on."""
        self.library.balance_deactivate(self.handle)

    def set_stop(self, category: int) -> None:
        """Carry out a stop category from now on, as `safety/heartbeat` has it (c/balance.h); BalanceError for none of 0..3."""
        if category not in range(4):
            raise BalanceError(f'stop category: expected 0, 1, 2 or 3, got {category}')
        self.library.balance_set_stop(self.handle, category)

    def tick(self, stamp_ns: int, position: np.ndarray, velocity: np.ndarray) -> int:
        """One tick on low_state's arrays, float64 and contiguous, shape (layout.size,); returns the mode (see Mode).

        The commands are in `position`, `velocity`, `effort`. Values that aren't finite lead to damping with a reason.
        Raises BalanceError when a shape or type is wrong.
        """
        size = self.layout.size
        if position.shape != (size,) or velocity.shape != (size,) or position.dtype != np.float64 or velocity.dtype != np.float64:
            raise BalanceError(f'low_state position {position.dtype} {position.shape} and velocity {velocity.dtype} '
                               f'{velocity.shape}, expected float64 ({size},)')
        return self.library.balance_tick(self.handle, stamp_ns, position.ctypes.data, velocity.ctypes.data,
                                          *self._outputs)

    def set_reference(self, stamp_ns: int, position: np.ndarray, velocity: np.ndarray | None = None) -> bool:
        """whole_body/reference in the order of `names`; without velocities it is taken to be at rest.

        Returns False for a message that isn't newer than the last one, which is ignored.
        Raises RefusedReferenceError when a value isn't finite or is beyond any robot, a shape is wrong, or the controller doesn't stand yet.
        """
        count = len(self.names)
        position = np.ascontiguousarray(position, dtype=float)
        velocity = np.zeros(count) if velocity is None else np.ascontiguousarray(velocity, dtype=float)
        for name, array, most in (('position', position, LARGEST_ANGLE), ('velocity', velocity, LARGEST_RATE)):
            if array.shape != (count,):
                raise RefusedReferenceError(f'whole_body/reference {name}: shape {array.shape}, expected ({count},)')
            bad = np.flatnonzero(~(np.abs(array) < most))
            if len(bad):
                raise RefusedReferenceError(f'whole_body/reference {name} of {self.names[bad[0]]} is {array[bad[0]]:g}, '
                                            f'expected less than {most:g}')
        code = self.library.balance_set_reference(self.handle, stamp_ns, position.ctypes.data, velocity.ctypes.data)
        if code == 4:
            raise RefusedReferenceError(f'whole_body/reference: balance does not stand yet ({self.reason})')
        return code == 0

    def set_named_reference(self, stamp_ns: int, names: Sequence[str], position: Sequence[float],
                            velocity: Sequence[float] = ()) -> bool:
        """As `set_reference`, with joints in any order; RefusedReferenceError names missing or unknown ones."""
        if sorted(names) != sorted(self.names):
            missing, unknown = set(self.names) - set(names), set(names) - set(self.names)
            raise RefusedReferenceError(f'whole_body/reference: missing {sorted(missing)[:3]}, unknown '
                                        f'{sorted(unknown)[:3]}, {len(names)} names given, {len(self.names)} expected')
        if len(position) != len(names) or len(velocity) not in (0, len(names)):
            raise RefusedReferenceError(f'whole_body/reference: {len(names)} names, {len(position)} positions, '
                                        f'{len(velocity)} velocities')
        order = [list(names).index(name) for name in self.names]
        rates = np.asarray(velocity, dtype=float)[order] if len(velocity) else None
        return self.set_reference(stamp_ns, np.asarray(position, dtype=float)[order], rates)

    def set_parameters(self, changes: Mapping[str, float]) -> None:
        """Change gains while running; ConfigurationError when one is unknown or out of range (then none changes)."""
        self.configuration = self.configuration.with_values(changes)
        self._apply()

    @property
    def mode(self) -> Mode:
        """Mode of the last tick."""
        return Mode(self.report.mode)

    @property
    def reference_source(self) -> ReferenceSource:
        """Where the targets of the last tick came from."""
        return ReferenceSource(self.report.reference_source)

    @property
    def reason(self) -> str:
        """Why the controller doesn't stand, with the low_state entry where one is to blame; 'none' when it stands."""
        text = self.library.balance_reason(self.report.reason).decode()
        return f'{text}: {self.layout.names[self.report.detail]}' if self.report.reason in _REASONS_WITH_ENTRY else text

    def _apply(self) -> None:
        values = self.configuration.as_array()
        self._check(self.library.balance_set_parameters(self.handle, values.ctypes.data, len(values)))

    @staticmethod
    def _check(code: int) -> None:
        if code:
            raise BalanceError(f'balance controller: {_SET_UP_ERRORS.get(code, f"code {code}")}')
