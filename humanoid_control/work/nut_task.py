# SPDX-License-Identifier: Apache-2.0
"""Picking a nut from a tray and seating it on a pin with one hand."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model import StationConfiguration
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Steps
from humanoid_control.work.insertion import Insertion
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.part_memory import PartSighting
from humanoid_control.work.workplace import STATION_SIDE, Workplace

SYMMETRY = 6            # a hexagonal nut looks the same every 60 degrees
BLOCKED_SAMPLES = 3


@dataclass
class Choice:
    """A nut and how to take it: gripper axes in odom (3, 3), their turn from straight ahead and the joint
    margin there and at the pin [rad]."""

    nut: PartSighting
    rotation: np.ndarray
    turn: float
    margin: float


class NutTask:
    """Skills of one side of the nut station; each is a generator of control periods.

    Attributes:
        pin: the pin as seen in the last look.
        choice: nut being taken.
        retries: grasps and insertions begun again in this cycle.
        setbacks: why tries of the last insertion were of no use.
        holding: whether the hand holds a nut as far as it knows.
        seated: whether the hand felt the nut seated.
    """

    def __init__(self, workplace: Workplace, side: str, parameters: NutParameters):
        self.workplace = workplace
        self.side = side
        self.hand = workplace.hands[side]
        self.parameters = parameters
        self.begin()

    def begin(self) -> None:
        """Forget the last cycle."""
        self.pin: PartSighting | None = None
        self.choice: Choice | None = None
        self.retries = 0
        self.setbacks: list[WorkFailure] = []
        self.holding = False
        self.seated = False
        self.looked_at = float('-inf')
        self._failed: list[np.ndarray] = []
        self._grasp_height = 0.0

    def take_stock(self, since: float) -> None:
        """Read the pin from what was seen since a time [s].

        Raises WorkFailure PIN_NOT_SEEN.
        """
        self.looked_at = since
        name = f'{STATION_SIDE[self.side]}_pin'
        self.pin = self.workplace.memory.find('pin', name, since)
        if self.pin is None:
            raise WorkFailure(FailureCode.PIN_NOT_SEEN, f'{name} was not seen')

    def expect_pin(self, fixture: StationConfiguration) -> None:
        """Take the pin from the drawing of a station, for a robot that will stand at its work place as it stands here."""
        name, nominal = f'{STATION_SIDE[self.side]}_pin', fixture.nominal_pose
        x, y = fixture.fixture.pins[STATION_SIDE[self.side]]
        bench = pin.SE3(pin.utils.rotate('z', nominal.yaw), np.array([nominal.x, nominal.y, fixture.bench.height]))
        place = self.workplace.stance * bench * pin.SE3(np.eye(3), np.array([x, y, fixture.fixture.boss_height]))
        self.pin = PartSighting('pin', name, place.translation, place.rotation, 0.0, self.workplace.time)

    def choose(self) -> Steps:
        """Choose the nut and the side of it that leave the arm most room; raises TRAY_EMPTY or OUT_OF_REACH."""
        workplace, p = self.workplace, self.parameters
        nuts = [n for n in workplace.memory.parts('nut', self.looked_at, p.look.min_score, SYMMETRY)
                if workplace.in_tray(self.side, n.position)
                and all(np.linalg.norm(n.position - f) > 0.015 for f in self._failed)]
        if not nuts:
            raise WorkFailure(FailureCode.TRAY_EMPTY, f'no nut was seen in the {STATION_SIDE[self.side]} tray')
        best: Choice | None = None
        workplace.reach.stand_at(workplace.posture)
        # from here to above it: near the end of its reach the arm would have to whip about to get there
        pins = self._from_here_to_above(self.pin.position + [0, 0, 0.02])
        for nut in nuts:
            for turn in self._grasp_turns(nut):
                rotation = workplace.upright(turn)
                margin = min(self._margin(place, rotation) for place in (*self._from_here_to_above(nut.position), *pins))
                if best is None or margin > best.margin:
                    best = Choice(nut, rotation, turn, margin)
            yield
        if best.margin < 0:
            x, y, z = workplace.in_footprint(pin.SE3(np.eye(3), best.nut.position)).translation
            raise WorkFailure(FailureCode.OUT_OF_REACH, f'no nut of the {STATION_SIDE[self.side]} tray is in reach of the '
                              f'{STATION_SIDE[self.side]} arm; the best lies at ({x:.2f}, {y:.2f}, {z:.2f}) m')
        self.choice = best

    def pick(self) -> Steps:
        """Take the chosen nut; raises GRASP_MISSED."""
        hand, p, choice = self.hand, self.parameters.grasp, self.choice
        hand.target_opening = p.open
        grasp = choice.nut.position + [0, 0, p.height]
        hover = grasp + [0, 0, p.hover]
        yield from self._over(hover, choice.rotation, p.approach_speed)
        yield from hand.move(hover, p.approach_speed, choice.rotation, settle=0.5, tolerance=0.003)
        hand.tare()
        yield from self._lower(grasp)
        yield from hand.grip(0.0, p.close_speed, p.close_settle)
        self._check_opening('after closing')
        # how far the grasp centre is above the nut's centre while the nut still lies on the tray
        self._grasp_height = hand.observation.position[2] - (self.workplace.bench_height(grasp) + self.workplace.station.nut.height / 2)
        yield from hand.move(grasp + [0, 0, p.lift], p.lift_speed)
        self._check_opening('after lifting')
        self.holding = True

    def place(self) -> Steps:
        """Carry the nut to the pin and seat it; raises NUT_DROPPED and what Insertion raises."""
        hand, p, station = self.hand, self.parameters, self.workplace.station
        self.setbacks = []
        yield from self._over(self.pin.position, self.choice.rotation, p.travel.speed)
        seat = self.pin.position + [0, 0, station.nut.height / 2 + self._grasp_height]
        above = seat + [0, 0, station.fixture.pin_height + p.insertion.approach_height]
        yield from hand.move(above, p.travel.speed, self.choice.rotation, p.travel.settle, p.travel.tolerance)
        yield from hand.wait(0.2)
        self._check_opening('on the way')
        hand.tare()
        result = yield from Insertion(hand, seat, station.fixture.pin_height, station.fixture.pin_chamfer, p.insertion).run()
        self.setbacks = result.failures
        self.retries += len(result.failures)
        self._check_opening('while seating')
        self.seated, self.holding = True, False

    def release(self) -> Steps:
        """Let go and move away upwards.

        The hand keeps a small downward force until the fingers are open: pressed into its seat the nut stays there, while
        a hand that springs back from the push would pull it up.
        """
        hand, p, stiffness = self.hand, self.parameters.release, self.parameters.insertion.stiffness
        place, rotation = hand.observation.position.copy(), self.choice.rotation
        pushed = self.parameters.insertion.push_force
        begin = hand.time
        while hand.time - begin < p.relax_time:
            share = (hand.time - begin) / p.relax_time
            force = pushed + share * (p.hold_force - pushed)
            hand.command(place - [0, 0, force / stiffness], rotation)
            yield
        hand.target_opening = hand.observation.opening
        yield from hand.grip(self.parameters.grasp.open, p.open_speed, p.open_settle)
        yield from hand.move(place + [0, 0, p.retreat], p.retreat_speed, rotation)

    def recover(self) -> Steps:
        """After a failure: open well above the tray, so that nothing is left in the fingers, and go to look again."""
        hand, p = self.hand, self.parameters
        self.retries += 1
        self.holding = False
        if self.choice is not None:
            self._failed.append(self.choice.nut.position)
        hand.hold()
        yield from hand.move(hand.observation.position + [0, 0, 0.08], p.release.retreat_speed)
        yield from hand.grip(p.grasp.open, p.release.open_speed, p.release.open_settle)

    def put_down(self) -> Steps:
        """After a failure away from the trays: lay what the hand holds on the bench, where it is in nobody's way."""
        hand, p, workplace = self.hand, self.parameters, self.workplace
        self.retries += 1
        self.holding = False
        hand.hold()
        x, y = p.walk.put_down
        place = workplace.station_guess.act(np.array([x, y if self.side == 'l' else -y, 0.0]))
        yield from self._over(place, workplace.upright(0.0), p.travel.speed)
        place[2] = workplace.bench_height(place) + workplace.station.nut.height / 2 + p.grasp.height
        yield from hand.move(place, p.grasp.down_speed, settle=0.4, tolerance=0.002)
        yield from hand.grip(p.grasp.open, p.release.open_speed, p.release.open_settle)
        yield from hand.move(place + [0, 0, p.release.retreat], p.release.retreat_speed)

    def retract(self) -> Steps:
        """Move the hand to where it does not hide the station from the head camera."""
        self.hand.target_opening = self.parameters.grasp.open
        yield from self._draw_back(self.parameters.look.speed, self.parameters.look.hand_yaw)

    def carry(self) -> Steps:
        """Bring the hand close to the body, where it is out of the way of a walking robot; what it holds, it keeps."""
        p = self.parameters.walk
        # turned straight ahead at once: turned outwards before, the wrist would come to its end on the way down
        yield from self._draw_back(p.hand_speed, turn=0.0)
        goal = self.workplace.mirrored(p.hand_position, self.side)
        yield from self.hand.move(goal, p.hand_speed, self.workplace.upright(0.0), settle=0.5, tolerance=0.02)

    def uncarry(self) -> Steps:
        """Bring the hand from the body to where it does not hide the station from the head camera."""
        yield from self._step_aside(self.parameters.walk.hand_speed, self.parameters.look.hand_yaw)

    def aim(self) -> None:
        """Turn the grasp that was chosen elsewhere to how the robot and the bench stand here; raises NUT_DROPPED."""
        self._check_opening('after the way')
        self.choice.rotation = self.workplace.upright(self.choice.turn)

    def _draw_back(self, speed: float, turn: float) -> Steps:
        """Rise from the bench and move at a speed [m/s] to where the hand does not hide it; turn: as of `_step_aside`."""
        if self.workplace.over_bench(self.hand.observation.position):
            yield from self._rise(self._travel_height())
        else:
            self.hand.hold()
        yield from self._step_aside(speed, turn)

    def _step_aside(self, speed: float, turn: float) -> Steps:
        """Move at a speed [m/s] to where the hand does not hide the station from the head camera, turned outwards [rad]."""
        workplace = self.workplace
        rotation = workplace.upright(turn if self.side == 'l' else -turn)
        goal = workplace.mirrored(self.parameters.look.hand_position, self.side)
        yield from self.hand.move(goal, speed, rotation, settle=0.3, tolerance=0.02)

    def _grasp_turns(self, nut: PartSighting) -> tuple[float, float, float]:
        """Turns [rad] from straight ahead of a hand that closes across each pair of flats, the smallest first."""
        step = 2 * np.pi / SYMMETRY
        # the fingers close along y, so y must be a flat's normal; turns are counted from straight ahead
        yaw = nut.yaw - np.pi / 2 - self.workplace.heading
        yaw -= np.round(yaw / step) * step
        return yaw, yaw - step, yaw + step

    def _margin(self, position: np.ndarray, rotation: np.ndarray) -> float:
        """Joint travel left at a grasp pose [rad]; -1 where the arm does not reach."""
        result = self.workplace.reach.solve(self.side, self.workplace.in_footprint(pin.SE3(rotation, np.asarray(position, float))))
        return result.margin if result.reachable else -1.0

    def _from_here_to_above(self, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A place on the bench [m] and the one above it at which the hand travels."""
        return place, np.array([*place[:2], self.workplace.bench_height(place) + self.parameters.travel.height])

    def _travel_height(self) -> float:
        """Height of the hand on its ways [m], from the bench under the hand."""
        return self.workplace.bench_height(self.hand.observation.position) + self.parameters.travel.height

    def _rise(self, height: float) -> Steps:
        """Go straight up to a height [m] if the hand is lower."""
        hand = self.hand
        if hand.target_position is None:
            hand.hold()
        if hand.target_position[2] < height - 0.005:
            yield from hand.move(np.array([*hand.target_position[:2], height]), self.parameters.travel.speed)

    def _over(self, point: np.ndarray, rotation: np.ndarray, speed: float) -> Steps:
        """Go to above a point: over the bench first up, then level; from beside it straight, which spares the arm a detour."""
        if self.workplace.over_bench(self.hand.observation.position, margin=0.0):
            yield from self._rise(self._travel_height())
        goal = np.array([point[0], point[1], max(self._travel_height(), self.hand.target_position[2])])
        yield from self.hand.move(goal, speed, rotation)

    def _lower(self, grasp: np.ndarray) -> Steps:
        """Lower to the grasp height; raises GRASP_MISSED when a finger stands on something."""
        p, blocked = self.parameters.grasp, 0
        for _ in self.hand.move(grasp, p.down_speed, settle=0.4, tolerance=0.002):
            blocked = blocked + 1 if self.hand.observation.force[2] > p.blocked_force else 0
            if blocked >= BLOCKED_SAMPLES:
                height = self.hand.observation.position[2] - grasp[2]
                raise WorkFailure(FailureCode.GRASP_MISSED, f'a finger stands on something {height * 1e3:.0f} mm over the grasp')
            yield

    def _check_opening(self, when: str) -> None:
        """Compare the opening with the nut; raises GRASP_MISSED before the carry and NUT_DROPPED later."""
        expected = self.workplace.station.nut.across_flats / 2
        opening = self.hand.observation.opening
        if abs(opening - expected) > self.parameters.grasp.opening_tolerance:
            code = FailureCode.GRASP_MISSED if when == 'after closing' else FailureCode.NUT_DROPPED
            raise WorkFailure(code, f'fingers are {2e3 * opening:.1f} mm apart {when}, the nut is {2e3 * expected:.0f} mm wide')
