# SPDX-License-Identifier: Apache-2.0
"""Launch arguments that are refused by name when their value makes no sense."""
from __future__ import annotations

import math

from launch.substitutions import LaunchConfiguration

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path

ONE_STATION = 'one_station'


def number(context, name: str, low: float, high: float) -> float:
    """Value of a launch argument as a number in [low, high]; ConfigurationError names argument, value and range."""
    text = LaunchConfiguration(name).perform(context)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ConfigurationError(f'launch argument {name}:={text!r}: expected a number from {low:g} to {high:g}')
    return value


def whole_number(context, name: str, low: int, high: int) -> int:
    """Value of a launch argument as a whole number in [low, high]; ConfigurationError as for `number`."""
    value = number(context, name, low, high)
    if value != int(value):
        raise ConfigurationError(f'launch argument {name}:={LaunchConfiguration(name).perform(context)!r}: '
                                 f'expected a whole number from {low} to {high}')
    return int(value)


def place(context, name: str) -> list[float] | None:
    """Value of a launch argument as a place on the floor, 'x y' [m]; None when it is empty.

    ConfigurationError names argument, value and what was expected.
    """
    text = LaunchConfiguration(name).perform(context)
    try:
        numbers = [float(word) for word in text.split()]
    except ValueError:
        numbers = [math.nan]
    if not numbers:
        return None
    if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
        raise ConfigurationError(f"launch argument {name}:={text!r}: expected two numbers, 'x y' [m], or nothing")
    return numbers


def layouts() -> list[str]:
    """Choices of the launch argument `layout`: the one station of station_file, or a site of config/layouts."""
    return [ONE_STATION, *sorted(path.stem for path in share_path('config', 'layouts').glob('*.yaml'))]


def layout_file(context) -> str:
    """Path of the layout file that the launch argument `layout` names; empty for one station."""
    name = LaunchConfiguration('layout').perform(context)
    return '' if name == ONE_STATION else str(share_path('config', 'layouts', f'{name}.yaml'))


def switch(context, name: str) -> bool:
    """Value of a launch argument declared with the choices true and false."""
    return LaunchConfiguration(name).perform(context) == 'true'
