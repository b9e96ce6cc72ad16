# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md tells everything that the code can say is wrong, and nothing that it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.drivers.exchange_explanation import explain
from humanoid_control.drivers.exchange_types import Cause, Status
from humanoid_control.model import RobotModel
from humanoid_control.model.command_order import CommandOrder
from humanoid_control.model.robot_description import share_path
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.remedy_table import Remedy, RemedyTable
from humanoid_control.safety.troubleshooting import troubleshooting_page
from humanoid_control.work.failure import FailureCode

sys.path.append(str(Path(__file__).parent))  # helper modules, under pytest's importlib mode
from messages_of import classes, messages  # noqa: E402

ROOT = Path(__file__).parents[2]
DRIVERS, KINEMATICS, WORK = (ROOT / 'humanoid_control' / part for part in ('drivers', 'kinematics', 'work'))
BALANCE, SIMULATION = (ROOT / 'humanoid_control' / part for part in ('balance', 'simulation'))
SAFETY, PERCEPTION = ROOT / 'humanoid_control' / 'safety', ROOT / 'humanoid_perception'
TABLE = RemedyTable.load()
HIGHEST_REASON = 200


def errors_below(folder: Path, base: str) -> set[str]:
    """Classes of a folder that derive from `base`."""
    found, defined = {base}, classes(folder)
    while more := {name for name, bases in defined.items() if found & set(bases)} - found:
        found |= more
    return found - {base}


def agree(said: list[str], remedies: list[Remedy]) -> None:
    """Every message is covered by an entry's words, and every entry's words are those of a message."""
    words = [words for remedy in remedies for words in remedy.says]
    assert [text for text in said if not any(part in text for part in words)] == []
    assert [part for part in words if not any(part in text for text in said)] == []


def test_the_page_is_that_of_both_tables():
    page = share_path('docs', 'troubleshooting.md').read_text(encoding='utf-8')
    assert page == troubleshooting_page(FaultTable.load(), TABLE), (
        'docs/troubleshooting.md is old: python -m humanoid_control.safety.troubleshooting > docs/troubleshooting.md'
    )


def test_every_cause_of_the_driver_is_told_in_its_words():
    entries = TABLE.parts['driver'].entries
    causes = {cause.name.lower(): cause for cause in Cause if cause is not Cause.NONE}
    assert {code for code in entries if code.islower()} == causes.keys()
    for code, cause in causes.items():
        text = explain(Status(cause=cause, latched=1), ['m'], ['j'], ['b'])
        assert any(words in text for words in entries[code].says), text


def test_every_error_of_the_driver_is_told():
    entries = TABLE.parts['driver'].entries
    at_the_prompt = {'Refused'}  # of the command line, which tells the rest itself
    assert {code for code in entries if not code.islower()} == errors_below(DRIVERS, 'DriverError') - at_the_prompt


@pytest.mark.parametrize('error', ['BusError', 'LinkError', 'ImuError', 'MeasurementError'])
def test_every_message_of_an_error_of_the_driver_is_told(error):
    said = [text for text in messages(DRIVERS, {error}) if text.strip('… :')]
    agree(said, [TABLE.parts['driver'].entries[error]])


def test_the_words_about_motors_are_those_of_the_driver():
    said = list(messages(DRIVERS, {'MotorError', 'append'}))
    for words in TABLE.parts['driver'].entries['MotorError'].says:
        assert any(words in text for text in said), words


def test_every_reason_of_balance_is_told():
    library = BalanceController(RobotModel.default()).library
    reasons = {library.balance_reason(code).decode() for code in range(1, HIGHEST_REASON)} - {'unknown'}
    assert {words for remedy in TABLE.parts['balance'].entries.values() for words in remedy.says} == reasons


def test_every_warning_of_what_is_borne_is_told():
    order = CommandOrder()
    assert order.admits(2) and not order.admits(1)
    said = [text for part in (BALANCE, SIMULATION, SAFETY) for text in messages(part, {'_warn'})]
    agree([*said, order.complaint()], list(TABLE.parts['warnings'].entries.values()))


def test_every_refusal_of_the_kinematics_is_told():
    entries = dict(TABLE.parts['kinematics'].entries)
    stopped, held_up = entries.pop('stopped'), entries.pop('held_up')
    said = [text for text in messages(KINEMATICS, {'TargetRefused', '_trouble', 'refuse'}) if not text.endswith('/target')]
    source = ''.join(path.read_text(encoding='utf-8') for path in (*KINEMATICS.rglob('*.py'), SAFETY / 'stop_listener.py'))
    for words in (*stopped.says, *held_up.says, *entries['no_joint_states'].says):
        assert words in source, words
    agree([*said, *entries['no_joint_states'].says], list(entries.values()))


def test_every_error_of_perception_is_told_in_its_words():
    entries = TABLE.parts['perception'].entries
    assert entries.keys() == errors_below(PERCEPTION, 'PerceptionError')
    for error, remedy in entries.items():
        agree(list(messages(PERCEPTION, {error})), [remedy])


def test_every_failure_of_the_work_is_told():
    entries = TABLE.parts['work'].entries
    assert entries.keys() == {code.value for code in FailureCode}
    own = [remedy for code, remedy in entries.items() if code not in ('stopped', 'motion_refused')]  # they pass others' words on
    agree(list(messages(WORK, {'WorkFailure'})), own)


def test_steps_are_sentences():
    for name, part in TABLE.parts.items():
        for code, remedy in part.entries.items():
            for step in remedy.steps:
                assert step.rstrip('`')[-1] in '.?!' or step.endswith('`'), f'{name}: {code}: {step}'
