# SPDX-License-Identifier: Apache-2.0
"""Running a node."""
from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml
from launch import LaunchContext, SomeSubstitutionsType, logging
from launch.actions import ExecuteProcess
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions
from rclpy.validate_namespace import validate_namespace
from rclpy.validate_node_name import validate_node_name

from ..parameter_descriptions import Parameter, ParameterFile
from ..substitutions import ExecutableInPackage
from ..utilities import evaluate_parameter_dict, make_namespace_absolute, prefix_namespace

SomeParameters = Sequence['str | os.PathLike | Mapping | Parameter | ParameterFile | SomeSubstitutionsType']


class Node(ExecuteProcess):
    """Runs an executable of a package as a node, with its name, namespace, parameters and remappings."""

    UNSPECIFIED_NODE_NAME = '<node_name_unspecified>'

    def __init__(self, *, executable: SomeSubstitutionsType, package: SomeSubstitutionsType | None = None,
                 name: SomeSubstitutionsType | None = None, namespace: SomeSubstitutionsType | None = None,
                 exec_name: SomeSubstitutionsType | None = None, parameters: SomeParameters | None = None,
                 remappings: Iterable[tuple[SomeSubstitutionsType, SomeSubstitutionsType]] | None = None,
                 ros_arguments: Iterable[SomeSubstitutionsType] | None = None,
                 arguments: Iterable[SomeSubstitutionsType] | None = None, **kwargs: object) -> None:
        if parameters is not None and (isinstance(parameters, str) or not isinstance(parameters, Sequence)):
            raise TypeError(f"Node: argument 'parameters' must be a list, got {parameters!r}")
        command = [executable if package is None else ExecutableInPackage(package=package, executable=executable)]
        command += list(arguments or [])
        if ros_arguments is not None:
            command += ['--ros-args', *ros_arguments]
        super().__init__(cmd=[*command, '--ros-args'], name=exec_name, **kwargs)
        self._package = package
        self._node_executable = executable
        self._node_name = name
        self._node_namespace = namespace
        self._parameters = list(parameters or [])
        self._remappings = list(remappings or [])
        self._full_name: str | None = None

    @property
    def node_package(self) -> SomeSubstitutionsType | None:
        """The package."""
        return self._package

    @property
    def node_executable(self) -> SomeSubstitutionsType:
        """The executable."""
        return self._node_executable

    @property
    def node_name(self) -> str:
        """Name with namespace. Raises RuntimeError before the start."""
        if self._full_name is None:
            raise RuntimeError("cannot access 'node_name' before executing action")
        return self._full_name

    def is_node_name_fully_specified(self) -> bool:
        """True if the launch file names the node."""
        return self.UNSPECIFIED_NODE_NAME not in self.node_name

    def execute(self, context: LaunchContext) -> None:
        self._find_names(context)
        super().execute(context)

    def _find_names(self, context: LaunchContext) -> None:
        """Adds what ROS needs to the command line, once."""
        if self._full_name is not None:
            return
        words: list[str] = []
        name = self.UNSPECIFIED_NODE_NAME
        if self._node_name is not None:
            name = self._text(context, self._node_name)
            validate_node_name(name)
            words += ['-r', f'__node:={name}']
        own = None if self._node_namespace is None else self._text(context, self._node_namespace)
        base = context.launch_configurations.get('ros_namespace')
        namespace = make_namespace_absolute(prefix_namespace(base, own))
        if namespace:
            validate_namespace(namespace)
            words += ['-r', f'__ns:={namespace}']
        self._full_name = prefix_namespace(namespace or '/', name)
        words += self._parameter_words(context)
        rules = [*context.launch_configurations.get('ros_remaps', []), *(
            (self._text(context, source), self._text(context, destination))
            for source, destination in self._remappings)]
        for source, destination in rules:
            words += ['-r', f'{source}:={destination}']
        self.process_description.cmd += [normalize_to_list_of_substitutions(word) for word in words]

    def _parameter_words(self, context: LaunchContext) -> list[str]:
        """Arguments for the parameters: those of all nodes first, then this node's, the last one counts."""
        words: list[str] = []
        for name, value in context.launch_configurations.get('global_params', []):
            words += ['-p', f'{name}:={_yaml_flow(value)}']
        for parameter in self._parameters:
            if isinstance(parameter, Mapping):
                words += ['--params-file', self._write_parameters(evaluate_parameter_dict(context, parameter))]
            elif isinstance(parameter, Parameter):
                name, value = parameter.evaluate(context)
                words += ['-p', f'{name}:={_yaml_flow(value)}']
            else:
                file = parameter if isinstance(parameter, ParameterFile) else ParameterFile(parameter)
                path = file.evaluate(context)
                if path.is_file():
                    words += ['--params-file', str(path)]
                else:
                    logging.get_logger(__name__).warning(f'Parameter file path is not a file: {path}')
        return words

    def _write_parameters(self, parameters: dict[str, object]) -> str:
        """A parameter file for this node, or for any node when its name isn't known; gives its path."""
        node = self.node_name if self.is_node_name_fully_specified() else '/**'
        with tempfile.NamedTemporaryFile('w', prefix='launch_params_', delete=False) as file:
            yaml.safe_dump({node: {'ros__parameters': parameters}}, file, default_flow_style=False)
        # not at the node's exit: it may be respawned
        atexit.register(Path(file.name).unlink, missing_ok=True)
        return file.name

    @staticmethod
    def _text(context: LaunchContext, value: SomeSubstitutionsType) -> str:
        return perform_substitutions(context, normalize_to_list_of_substitutions(value))


def _yaml_flow(value: object) -> str:
    """A value as YAML in one line."""
    return yaml.safe_dump(value, default_flow_style=True, width=float('inf')).removesuffix('\n...\n').strip()
