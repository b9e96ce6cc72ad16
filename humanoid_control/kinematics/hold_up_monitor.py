# SPDX-License-Identifier: Apache-2.0
"""Notices hands that limits keep from following."""
from __future__ import annotations

from humanoid_control.kinematics.settings import Acceptance
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics


class HoldUpMonitor:
    """Stops a hand that stays behind its trajectory and says what holds it up.

    Joint limits and distances between links go before targets, so that a hand can be held up on a way whose ends are
    both in reach. It then keeps the pose where it got to.
    """

    def __init__(self, body: WholeBodyKinematics, acceptance: Acceptance) -> None:
        self._body, self._acceptance = body, acceptance
        self._behind = {side: 0.0 for side in body.hands}

    def update(self, dt: float) -> dict[str, str]:
        """Look at the hands after a tick of dt [s].

        Returns:
            By side, why a hand was stopped in this tick; empty in most.
        """
        stopped: dict[str, str] = {}
        for side, hand in self._body.hands.items():
            distance, angle = hand.lag(self._body.state)
            lost = distance > self._acceptance.lost_distance or angle > self._acceptance.lost_angle
            self._behind[side] = self._behind[side] + dt if lost else 0.0
            if self._behind[side] > self._acceptance.lost_time:
                causes = self._causes(side) or ['the motion of the body']
                stopped[side] = f'held up {distance:.3f} m and {angle:.2f} rad short of its way by {", ".join(causes)}'
                hand.hold(self._body.state)
                self._behind[side] = 0.0
        return stopped

    def _causes(self, side: str) -> list[str]:
        body = self._body
        causes = [f'{pair.links[0]} {pair.distance:.3f} m from {pair.links[1]}' for pair in body.near_pairs() if pair.pushing]
        multipliers = body.inverse_kinematics.solver.bound_multiplier[6:]
        names = [body.robot.joint_names[joint] for joint in body.hands[side].joints if multipliers[joint]]
        if names:
            causes.append(f'limits of {" and ".join(names)}')
        if not body.hands[side].in_reach:
            causes.append('the length of the arm')
        return causes
