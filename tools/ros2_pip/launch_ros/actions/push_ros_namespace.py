# SPDX-License-Identifier: Apache-2.0
"""Namespace of the nodes that follow."""
from __future__ import annotations

from launch import Action, LaunchContext, SomeSubstitutionsType
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions

from ..utilities import make_namespace_absolute, prefix_namespace


class PushROSNamespace(Action):
    """Puts the nodes that follow in this group into a namespace."""

    def __init__(self, namespace: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._namespace = normalize_to_list_of_substitutions(namespace)

    def execute(self, context: LaunchContext) -> None:
        pushed = perform_substitutions(context, self._namespace)
        previous = context.launch_configurations.get('ros_namespace')
        context.launch_configurations['ros_namespace'] = make_namespace_absolute(prefix_namespace(previous, pushed))
