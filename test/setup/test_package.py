# SPDX-License-Identifier: Apache-2.0
"""The package: its description, what it installs, and its executables."""
from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from ament_index_python.packages import get_package_prefix

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLES = sorted(path for path in (ROOT / 'scripts').iterdir())
# Python modules that come with another name than their ROS package or with Python itself.
PACKAGES_OF_MODULES = {'launch': 'launch', 'launch_ros': 'launch_ros', 'rclpy': 'rclpy',
                       'ament_index_python': 'ament_index_python'}


def test_package_is_found_where_it_is_installed():
    assert Path(get_package_prefix('humanoid_assembly')).is_dir()


def test_package_description_is_valid_and_licensed():
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    assert package.get('format') == '3'
    assert package.findtext('license') == 'Apache-2.0'
    assert package.findtext('export/build_type') == 'ament_python'
    assert (ROOT / 'LICENSE').read_text().strip().startswith('Apache License')


def test_versions_agree():
    version = ElementTree.parse(ROOT / 'package.xml').getroot().findtext('version')
    assert f"version='{version}'" in (ROOT / 'setup.py').read_text()


def test_every_ros_package_that_the_code_imports_is_a_dependency():
    declared = {element.text for element in ElementTree.parse(ROOT / 'package.xml').getroot()
                if element.tag.endswith('depend')}
    imported = set()
    for folder in ('humanoid_control', 'humanoid_perception', 'launch'):
        for path in (ROOT / folder).rglob('*.py'):
            for node in ast.walk(ast.parse(path.read_text())):
                names = ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                         else [node.module or ''] if isinstance(node, ast.ImportFrom) and not node.level else [])
                imported.update(name.partition('.')[0] for name in names)
    used = {PACKAGES_OF_MODULES.get(name, name) for name in imported
            if name in PACKAGES_OF_MODULES or re.fullmatch(r'\w+_(msgs|interfaces|srvs)', name)}
    assert used <= declared, f'package.xml lacks {sorted(used - declared)}'


def test_every_pinned_requirement_is_in_the_tested_set():
    pinned = {re.split(r'[=<>! ;\[]', line)[0].lower().replace('_', '-')
              for line in (ROOT / 'requirements' / 'constraints.txt').read_text().splitlines()}
    for file in (ROOT / 'requirements').glob('*.txt'):
        for line in file.read_text().splitlines():
            if line and not line.startswith('#') and file.name != 'constraints.txt':
                name = re.split(r'[=<>! ;\[]', line)[0].lower().replace('_', '-')
                assert name in pinned, f'{file.name}: {name} has no version in constraints.txt'


@pytest.mark.parametrize('path', EXECUTABLES, ids=lambda path: path.name)
def test_executable_is_small_runnable_and_calls_a_main_that_exists(path: Path):
    lines = path.read_text().splitlines()
    assert lines[0] == '#!/usr/bin/env python3'
    assert os.access(path, os.X_OK)
    (module,) = re.findall(r"^run\('(\S+)'\)$", path.read_text(), re.MULTILINE)
    source = ROOT / (module.replace('.', '/') + '.py')
    assert source.is_file(), f'{path.name} imports {module}, which does not exist'
    assert any(isinstance(node, ast.FunctionDef) and node.name == 'main' for node in ast.parse(source.read_text()).body)


def test_libraries_are_plain_c_without_python():
    for source in (ROOT / 'humanoid_control').glob('*/c/*.[ch]'):
        assert 'Python.h' not in source.read_text(), f'{source} includes Python.h'


def test_build_list_names_every_part_with_c_sources():
    parts = {path.parent.parent.name for path in (ROOT / 'humanoid_control').glob('*/c/*.c')}
    code = ('import runpy, sys, setuptools; found = []; '
            "setuptools.setup = lambda **options: found.extend(e.name for e in options['ext_modules']); "
            "runpy.run_path('setup.py'); print('\\n'.join(found))")
    result = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(result.stdout.split()) == {f'humanoid_control.{part}._{part}' for part in parts}


def test_names_of_test_files_are_unique():
    """ROS's own launch_testing imports every test file by its name alone."""
    names = [path.name for pattern in ('test/**/test_*.py', 'tools/*/test/**/test_*.py') for path in ROOT.glob(pattern)]
    assert sorted(names) == sorted(set(names))
