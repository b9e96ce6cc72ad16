# SPDX-License-Identifier: Apache-2.0
"""Text of substitutions and truth of conditions."""
from __future__ import annotations

import pytest
from launch import LaunchContext
from launch.conditions import IfCondition, InvalidConditionExpressionError, UnlessCondition
from launch.substitutions import (
    AllSubstitution,
    AnySubstitution,
    Command,
    EnvironmentVariable,
    EqualsSubstitution,
    FindExecutable,
    IfElseSubstitution,
    LaunchConfiguration,
    NotEqualsSubstitution,
    NotSubstitution,
    OrSubstitution,
    PathJoinSubstitution,
    PythonExpression,
    SubstitutionFailure,
    ThisLaunchFileDir,
)
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare
from launch_ros.utilities import evaluate_parameter_dict, make_namespace_absolute, prefix_namespace


@pytest.fixture
def context() -> LaunchContext:
    context = LaunchContext()
    context.launch_configurations.update(side='left', count='3', on='true')
    return context


@pytest.mark.parametrize(('substitution', 'text'), [
    (LaunchConfiguration('side'), 'left'),
    (LaunchConfiguration('absent', default='right'), 'right'),
    (LaunchConfiguration('absent', default=5), '5'),
    (PathJoinSubstitution(['a', LaunchConfiguration('side'), 'b.yaml']), 'a/left/b.yaml'),
    (PythonExpression([LaunchConfiguration('count'), ' * floor(2.5)']), '6'),
    (PythonExpression(["'", LaunchConfiguration('side'), "' == 'left'"]), 'True'),
    (EqualsSubstitution(LaunchConfiguration('count'), 3.0), 'true'),
    (EqualsSubstitution(LaunchConfiguration('on'), True), 'true'),
    (EqualsSubstitution('1', 'TRUE'), 'true'),
    (NotEqualsSubstitution(LaunchConfiguration('side'), 'left'), 'false'),
    (NotSubstitution(LaunchConfiguration('on')), 'false'),
    (OrSubstitution('false', LaunchConfiguration('on')), 'true'),
    (AllSubstitution('true', 'false'), 'false'),
    (AnySubstitution('true', 'false'), 'true'),
    (IfElseSubstitution(LaunchConfiguration('on'), 'yes', 'no'), 'yes'),
    (EnvironmentVariable('SURELY_ABSENT', default_value='x'), 'x'),
    (Command(['echo ', LaunchConfiguration('side')]), 'left\n'),
])
def test_text(context, substitution, text):
    assert substitution.perform(context) == text


@pytest.mark.parametrize(('substitution', 'message'), [
    (LaunchConfiguration('absent'), "launch configuration 'absent' does not exist"),
    (EnvironmentVariable('SURELY_ABSENT'), "environment variable 'SURELY_ABSENT' does not exist"),
    (FindExecutable(name='surely_absent'), "executable 'surely_absent' not found on the PATH"),
    (Command('false'), 'executed command failed. Command: false'),
    (Command('sh -c "echo oh >&2"'), 'showed stderr output'),
    (Command('surely_absent'), 'file not found'),
    (NotSubstitution('perhaps'), "cannot convert 'perhaps' to bool"),
    (ThisLaunchFileDir(), 'used outside of a launch file'),
])
def test_failure_names_what_is_missing(context, substitution, message):
    with pytest.raises(SubstitutionFailure, match=message):
        substitution.perform(context)


def test_conditions(context):
    assert IfCondition(LaunchConfiguration('on')).evaluate(context)
    assert not UnlessCondition(' TRUE ').evaluate(context)
    with pytest.raises(InvalidConditionExpressionError, match="got 'left'"):
        IfCondition(LaunchConfiguration('side')).evaluate(context)


def test_package_share_is_found(toy_environment, context):
    assert FindPackageShare('toy_package').perform(context).endswith('toy_prefix/share/toy_package')


def test_parameters_keep_or_get_their_types(context):
    count = LaunchConfiguration('count')
    assert evaluate_parameter_dict(context, {
        'plain': '12', 'number': count, 'text': ParameterValue(count, value_type=str), 'joined': [count, '.5'],
        'mixed': [1, 2.5], 'names': ['a', 'b'], 'inner': {'gain': 1}, 'each': [[count], [count]],
    }) == {'plain': '12', 'number': 3, 'text': '3', 'joined': 3.5, 'mixed': [1.0, 2.5], 'names': ['a', 'b'],
           'inner.gain': 1, 'each': [3, 3]}


@pytest.mark.parametrize('value', [[], [1, 'a'], None, LaunchConfiguration('side', default='x: ')])
def test_parameter_value_that_is_not_allowed_is_named(context, value):
    context.launch_configurations.pop('side')
    with pytest.raises(TypeError, match="'?odd'?"):
        evaluate_parameter_dict(context, {'odd': value})


@pytest.mark.parametrize(('base', 'own', 'full'), [
    (None, None, None), ('/a', None, '/a'), ('/a', 'b', '/a/b'), ('/a', '/b', '/b'), ('/', 'b', '/b'), ('', '', '/'),
])
def test_namespaces_are_joined(base, own, full):
    assert make_namespace_absolute(prefix_namespace(base, own)) == full
