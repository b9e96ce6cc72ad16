# SPDX-License-Identifier: Apache-2.0
"""Where a package lies."""
from __future__ import annotations

from ament_index_python.packages import get_package_prefix, get_package_share_directory
from launch import LaunchContext, SomeSubstitutionsType, Substitution
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions


class FindPackagePrefix(Substitution):
    """Prefix of a package; raises PackageNotFoundError."""

    def __init__(self, package: SomeSubstitutionsType) -> None:
        self._package = normalize_to_list_of_substitutions(package)

    @property
    def package(self) -> list[Substitution]:
        """Name of the package."""
        return self._package

    def find(self, package_name: str) -> str:
        """The folder of a package by its name."""
        return get_package_prefix(package_name)

    def describe(self) -> str:
        return f"{type(self).__name__}(pkg={' + '.join(part.describe() for part in self._package)})"

    def perform(self, context: LaunchContext) -> str:
        return self.find(perform_substitutions(context, self._package))


class FindPackageShare(FindPackagePrefix):
    """Share folder of a package; raises PackageNotFoundError."""

    def find(self, package_name: str) -> str:
        return get_package_share_directory(package_name)
