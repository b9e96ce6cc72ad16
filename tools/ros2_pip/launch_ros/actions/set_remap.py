# SPDX-License-Identifier: Apache-2.0
"""Remapping of the nodes that follow."""
from __future__ import annotations

from launch import Action, LaunchContext, SomeSubstitutionsType
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions


class SetRemap(Action):
    """Remaps a name of all nodes that follow in this group."""

    def __init__(self, src: SomeSubstitutionsType, dst: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._source = normalize_to_list_of_substitutions(src)
        self._destination = normalize_to_list_of_substitutions(dst)

    def execute(self, context: LaunchContext) -> None:
        rule = (perform_substitutions(context, self._source), perform_substitutions(context, self._destination))
        context.launch_configurations['ros_remaps'] = [*context.launch_configurations.get('ros_remaps', []), rule]
