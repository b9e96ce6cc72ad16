# SPDX-License-Identifier: Apache-2.0
"""Parameter of the nodes that follow."""
from __future__ import annotations

from launch import Action, LaunchContext, SomeSubstitutionsType, Substitution

from ..utilities import evaluate_parameter_dict


class SetParameter(Action):
    """Sets a parameter of all nodes that follow in this group."""

    def __init__(self, name: SomeSubstitutionsType, value: object, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._parameter = {name if isinstance(name, (str, Substitution)) else tuple(name): value}

    def execute(self, context: LaunchContext) -> None:
        values = evaluate_parameter_dict(context, self._parameter)
        known = context.launch_configurations.get('global_params', [])
        # A new list: the one that a group pushed must not grow.
        context.launch_configurations['global_params'] = [*known, *values.items()]
