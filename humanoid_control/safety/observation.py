# SPDX-License-Identifier: Apache-2.0
"""All that the monitors look at in one round."""

from __future__ import annotations

from dataclasses import dataclass, field

from humanoid_control.safety.balance_figures import Balance
from humanoid_control.safety.button.button_report import ButtonReport
from humanoid_control.safety.robot_sample import RobotSample


@dataclass
class Observation:
    """One round.

    Attributes:
        sample: newest values of the robot's topics.
        now: robot's time [s]; simulated in simulation.
        wall: steady time of the computer [s].
        simulated: the robot's time comes from /clock.
        clock_arrival: steady time [s] at which the newest /clock was read; None before the first.
        balance: figures computed from the sample; None when they cannot be.
        commanders: nodes that publish joint_commands.
        node_errors: what nodes on the control path complain of, by name.
        button: what the stop buttons last said; None before the first word.
        temperature [degree C], voltage [V]: by joint or supply, as reported on diagnostics.
    """

    sample: RobotSample
    now: float
    wall: float
    simulated: bool = False
    clock_arrival: float | None = None
    balance: Balance | None = None
    commanders: tuple[str, ...] = ()
    node_errors: dict[str, str] = field(default_factory=dict)
    button: ButtonReport | None = None
    temperature: dict[str, float] = field(default_factory=dict)
    voltage: dict[str, float] = field(default_factory=dict)
