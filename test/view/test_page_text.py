# SPDX-License-Identifier: Apache-2.0
"""The words of the browser view."""

from __future__ import annotations

import pytest

from humanoid_control.model import ConfigurationError, load_urdf, share_path
from humanoid_control.model.configuration import from_mapping, read_yaml
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety import SafetyState, SafetyStateError, StopCategory
from humanoid_control.view import page_text
from humanoid_control.view.access_token import access_token
from humanoid_control.view.errors import ViewError
from humanoid_control.view.settings import ViewSettings
from humanoid_control.view.view_state import LogLine, ViewState


@pytest.fixture(scope='module')
def tree() -> LinkTree:
    return LinkTree(load_urdf(share_path('urdf', 'humanoid.urdf.xacro')))


def test_a_silent_supervisor_is_said_loudly():
    assert 'supervisor is silent' in page_text.banner(None)


def test_starting_names_what_it_waits_for():
    state = SafetyState(mode='starting', stop=StopCategory.PROTECTIVE, since=0.0, waiting_for=('odom',))
    assert 'waiting for odom' in page_text.banner(state)


def test_a_hot_and_loaded_joint_is_red(tree):
    state = ViewState()
    state.sample.position, state.sample.effort = {'l_knee': 0.5, 'r_knee': 0.5}, {'l_knee': 270.0, 'r_knee': 20.0}
    state.temperature = {'l_knee': 85.0}
    left, right = page_text.joints(state, tree).split('r_knee')
    assert left.count(page_text.RED) == 3 and '85 °C' in left
    assert page_text.RED not in right


def test_grippers_are_shown_in_millimetres(tree):
    state = ViewState()
    state.sample.position = {'l_gripper_joint': 0.019}
    assert '19.0 mm' in page_text.joints(state, tree)


def test_markup_of_others_is_escaped():
    assert '<script>' not in page_text.log([LogLine(40, 'x', '<script>alert(1)</script>')], 5)
    state = ViewState(work={'stage': '<img>'}, refusal='<b>', answer='<i>')
    assert (
        '<img>' not in page_text.work(state)
        and '<b>' not in page_text.work(state)
        and '<i>' not in page_text.work(state)
    )


def test_the_log_shows_the_latest_first_and_no_more_than_asked():
    text = page_text.log([LogLine(20, 'n', f'message {i}') for i in range(30)], 3)
    assert text.index('message 29') < text.index('message 27') and 'message 26' not in text


@pytest.mark.parametrize(('seconds', 'words'), [(5.2, '5 s'), (95.0, '1 min 35 s'), (-3.0, '0 s')])
def test_durations_are_said_as_people_do(seconds, words):
    assert page_text.duration(seconds) == words


def test_a_state_survives_its_message():
    state = SafetyState(mode='running', stop=StopCategory.NONE, since=1.5, figures={'tilt': 0.1}, summary='all is well')
    assert SafetyState.from_json(state.to_json()) == state


@pytest.mark.parametrize('text', ['', '{}', '[]', '{"stop": 9}', 'null'])
def test_a_foreign_safety_message_is_refused(text):
    with pytest.raises(SafetyStateError):
        SafetyState.from_json(text)


def test_settings_name_what_is_wrong():
    content = read_yaml(share_path('config', 'view.yaml'))
    with pytest.raises(ConfigurationError, match='port must lie in 0 to 65535, got 70000'):
        from_mapping(ViewSettings, {**content, 'port': 70000}, 'view.yaml')
    with pytest.raises(ConfigurationError, match='motion must lie in'):
        from_mapping(ViewSettings, {**content, 'rates': {**content['rates'], 'motion': 0}}, 'view.yaml')


def test_a_token_is_made_for_networks_only_and_read_from_a_file(tmp_path):
    assert access_token('127.0.0.1', '') is None
    assert access_token('0.0.0.0', '') != access_token('0.0.0.0', '')
    file = tmp_path / 'token'
    file.write_text('Abcdefgh_1\n')
    assert access_token('127.0.0.1', str(file)) == 'Abcdefgh_1'
    file.write_text('short')
    with pytest.raises(ViewError, match='at least 8'):
        access_token('127.0.0.1', str(file))
    with pytest.raises(ViewError, match='cannot be read'):
        access_token('127.0.0.1', str(tmp_path / 'none'))
