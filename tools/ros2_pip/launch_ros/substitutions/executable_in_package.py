# SPDX-License-Identifier: Apache-2.0
"""Where a package's executable lies."""
from __future__ import annotations

import os
import shutil

from launch import LaunchContext, SomeSubstitutionsType
from launch.substitutions import SubstitutionFailure
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions

from .find_package import FindPackagePrefix


class ExecutableInPackage(FindPackagePrefix):
    """Path of an executable in lib/<package>."""

    def __init__(self, executable: SomeSubstitutionsType, package: SomeSubstitutionsType) -> None:
        super().__init__(package)
        self._executable = normalize_to_list_of_substitutions(executable)

    def describe(self) -> str:
        return (f"ExecInPkg(pkg={' + '.join(part.describe() for part in self._package)}, "
                f"exec={' + '.join(part.describe() for part in self._executable)})")

    def perform(self, context: LaunchContext) -> str:
        package = perform_substitutions(context, self._package)
        executable = perform_substitutions(context, self._executable)
        prefix = super().perform(context)
        folder = os.path.join(prefix, 'lib', package)
        if not os.path.exists(folder):
            raise SubstitutionFailure(
                f"package '{package}' found at '{prefix}', but libexec directory '{folder}' does not exist")
        path = shutil.which(executable, path=folder)
        if path is None:
            raise SubstitutionFailure(f"executable '{executable}' not found on the libexec directory '{folder}'")
        return path
