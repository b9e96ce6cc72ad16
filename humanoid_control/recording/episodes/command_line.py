# SPDX-License-Identifier: Apache-2.0
"""`ros2 run humanoid_assembly episodes`: lists recorded runs and exports their work cycles for learning."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from humanoid_control.model.errors import HumanoidError
from humanoid_control.recording.episodes.recorded_run import RecordedRun
from humanoid_control.recording.errors import RecordingError
from humanoid_control.recording.run_folder import FACTS, runs_folder

TASK = 'Pick a nut for each side and seat it on the pin.'
EXTRA = {'pyarrow': 'pyarrow', 'mcap_ros2': 'mcap-ros2-support'}  # of requirements/export.txt: module, package


def main(words: list[str] | None = None) -> int:
    """0 when all went well, 1 when not, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    try:
        return arguments.run(arguments)
    except HumanoidError as error:
        print(f'episodes: {error}', file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        package = EXTRA.get(str(error.name).partition('.')[0])
        if package is None:
            raise
        print(
            f'episodes: exporting needs {package} of the extra "export": python3 tools/set_up --extra export, '
            f'or pip install -r requirements/export.txt',
            file=sys.stderr,
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='episodes', description=__doc__)
    commands = parser.add_subparsers(required=True)
    show = commands.add_parser('list', help='runs, their cycles and what failed')
    show.add_argument('runs', nargs='*', type=Path, metavar='RUN', help='folders of runs; none: all in the usual place')
    show.add_argument('--json', action='store_true', help='as JSON')
    show.set_defaults(run=_list)
    export = commands.add_parser('export', help='make a data set, one episode a cycle')
    export.add_argument('runs', nargs='+', type=Path, metavar='RUN', help='folders of runs')
    export.add_argument('--format', choices=['lerobot'], default='lerobot', help='LeRobot data set v3.0')
    export.add_argument('--output', type=Path, required=True, metavar='DIR', help='new folder of the data set')
    export.add_argument('--fps', type=int, default=10, metavar='N', help='frames a second, 1 to 100 (default 10)')
    export.add_argument('--task', default=TASK, metavar='TEXT', help=f'what is done, in words (default {TASK!r})')
    export.add_argument('--robot', default='humanoid', metavar='NAME', help='robot_type of the data set')
    export.add_argument('--successful', action='store_true', help='only cycles without a failure')
    export.set_defaults(run=_export, parser=export)
    return parser


def _list(arguments: argparse.Namespace) -> int:
    paths = arguments.runs or sorted(facts.parent for facts in runs_folder().glob(f'*/{FACTS}'))
    rows = []
    for run in map(RecordedRun.load, paths):
        failures = [f'{cycle.number}: {cycle.failure}' for cycle in run.cycles if not cycle.success]
        size = sum(file.stat().st_size for file in run.bag.glob('*.mcap'))
        rows.append(
            {
                'run': str(run.path),
                'started': run.started,
                'version': run.version,
                'cycles': len(run.cycles),
                'good': sum(cycle.success for cycle in run.cycles),
                'failures': failures,
                'bag_mb': round(size / 1e6, 1),
            }
        )
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        failures = f'; failed {"; ".join(row["failures"])}' if row['failures'] else ''
        print(
            f'{row["run"]}  {row["started"]}  {row["version"]}  {row["good"]} of {row["cycles"]} cycles good, '
            f'bag {row["bag_mb"]} MB{failures}'
        )
    if not rows:
        print(f'no run in {runs_folder()}')
    return 0


def _export(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.fps <= 100:
        arguments.parser.error(f'--fps: expected 1 to 100, got {arguments.fps}')
    output = arguments.output
    if output.exists():
        raise RecordingError(f'{output}: exists; name a new folder')
    # here, for listing needs neither of their libraries
    from humanoid_control.recording.episodes.episode_reader import EpisodeReader
    from humanoid_control.recording.episodes.lerobot_dataset import LeRobotDataset

    readers = [EpisodeReader(RecordedRun.load(path), arguments.fps) for path in arguments.runs]
    everywhere = [source for source in readers[0].sources() if all(source in reader.sources() for reader in readers)]
    cameras = [name for name in readers[0].cameras() if all(name in reader.cameras() for reader in readers)]
    unfinished = output.with_name(f'{output.name}.unfinished')
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        dataset = LeRobotDataset(unfinished, arguments.fps, arguments.robot, arguments.task)
        for reader in readers:
            for episode in reader.episodes(everywhere, cameras):
                if episode.cycle.success or not arguments.successful:
                    dataset.add(episode)
            for number, reason in reader.skipped.items():
                print(f'{reader.run.path}: cycle {number} is left out: {reason}')
        dataset.close()
        unfinished.rename(output)
    except OSError as error:
        raise RecordingError(f'{output}: cannot be written: {error.strerror or error}') from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    print(f'{dataset.episodes} episodes in {output}, with {", ".join(cameras) or "no camera"}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
