# SPDX-License-Identifier: Apache-2.0
"""Data sets in LeRobot's format v3.0, without LeRobot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from humanoid_control.recording.episodes.episode import Episode
from humanoid_control.recording.episodes.feature_statistics import Statistics, merged, picture_statistics, statistics
from humanoid_control.recording.episodes.video_file import VideoFile
from humanoid_control.recording.errors import RecordingError

VERSION = 'v3.0'
DATA = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet'
VIDEO = 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4'
EPISODES = 'meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet'
FILES_PER_CHUNK = 1000
EPISODES_PER_FILE = 25  # keeps films and tables at the size that LeRobot aims at
DATA_MB, VIDEO_MB = 100, 200
SAMPLED_PICTURES = 100  # of an episode, for its statistics
SAMPLED_PIXELS = 4  # every so many-th in each direction
INDICES = {'frame_index': pa.int64(), 'episode_index': pa.int64(), 'index': pa.int64(), 'task_index': pa.int64()}


class LeRobotDataset:
    """Writes episode after episode; `close` makes the data set whole.

    The layout is that of https://huggingface.co/docs/lerobot/lerobot-dataset-v3, v3.0. Beyond it, meta/episodes says of each episode:
    success, failure (codes), software_version, run, cycle and seed.
    """

    def __init__(self, folder: Path, fps: int, robot: str, task: str):
        """Start in an empty folder."""
        self.folder = folder
        self._fps = fps
        self._robot = robot
        self._task = task
        self._features: dict[str, dict[str, Any]] = {}
        self._table: parquet.ParquetWriter | None = None
        self._videos: dict[str, VideoFile] = {}
        self._rows: list[dict[str, Any]] = []
        self._statistics: list[dict[str, Statistics]] = []
        self._frames = 0

    @property
    def episodes(self) -> int:
        """Number of episodes so far."""
        return len(self._rows)

    def add(self, episode: Episode) -> None:
        """Append an episode. Raises RecordingError when it has other features than the first one."""
        pictures = {_key(camera): jpegs for camera, jpegs in episode.pictures.items()}
        shapes = {key: _decode(jpegs[0]).shape for key, jpegs in pictures.items()}
        features = self._describe(episode, shapes)
        if not self._features:
            self._features = features
        elif features != self._features:
            other = sorted(key for key in {*features, *self._features} if features.get(key) != self._features.get(key))
            raise RecordingError(
                f'{episode.run.path}: {", ".join(other)} differ from the first episode; export such runs into two data sets'
            )
        number = self.episodes
        file = dict(zip(('chunk_index', 'file_index'), divmod(number // EPISODES_PER_FILE, FILES_PER_CHUNK)))
        if number % EPISODES_PER_FILE == 0:
            self._close_files()
            self._open_files(file, shapes)
        columns = self._columns(episode, number)
        self._table.write_table(self._as_table(columns))  # one row group an episode
        found = {key: statistics(values.reshape(len(values), -1)) for key, values in columns.items()}
        row = {
            'episode_index': number,
            'tasks': [self._task],
            'length': episode.length,
            'success': bool(episode.cycle.success),
            'failure': episode.cycle.failure,
            'software_version': episode.run.version,
            'run': episode.run.path.name,
            'cycle': episode.cycle.number,
            'seed': episode.run.seed,
            'dataset_from_index': self._frames,
            'dataset_to_index': self._frames + episode.length,
            **{f'data/{name}': value for name, value in file.items()},
            'meta/episodes/chunk_index': 0,
            'meta/episodes/file_index': 0,
        }
        for key, jpegs in pictures.items():
            begin = self._videos[key].frames / self._fps
            found[key] = self._film(key, jpegs)
            row |= {f'videos/{key}/{name}': value for name, value in file.items()}
            row |= {
                f'videos/{key}/from_timestamp': begin,
                f'videos/{key}/to_timestamp': begin + episode.length / self._fps,
            }
        for key, values in found.items():
            row |= {f'stats/{key}/{name}': value.tolist() for name, value in values.items()}
        self._rows.append(row)
        self._statistics.append(found)
        self._frames += episode.length

    def close(self) -> None:
        """Write what concerns all episodes. Raises RecordingError when there is none."""
        self._close_files()
        if not self._rows:
            raise RecordingError(f'{self.folder}: no episode to export')
        meta = self.folder / 'meta'
        meta.mkdir(exist_ok=True)
        info = {
            'codebase_version': VERSION,
            'robot_type': self._robot,
            'total_episodes': self.episodes,
            'total_frames': self._frames,
            'total_tasks': 1,
            'chunks_size': FILES_PER_CHUNK,
            'data_files_size_in_mb': DATA_MB,
            'video_files_size_in_mb': VIDEO_MB,
            'fps': self._fps,
            'splits': {'train': f'0:{self.episodes}'},
            'data_path': DATA,
            'video_path': VIDEO if self._videos else None,
            'features': self._features,
        }
        _write_json(meta / 'info.json', info)
        whole = {key: merged([part[key] for part in self._statistics]) for key in self._statistics[0]}
        _write_json(
            meta / 'stats.json',
            {key: {name: value.tolist() for name, value in found.items()} for key, found in whole.items()},
        )
        path = self.folder / EPISODES.format(chunk_index=0, file_index=0)
        path.parent.mkdir(parents=True)
        parquet.write_table(_episodes(self._rows), path)
        parquet.write_table(_tasks([self._task]), meta / 'tasks.parquet')

    def _describe(self, episode: Episode, shapes: dict[str, tuple[int, ...]]) -> dict[str, dict[str, Any]]:
        """Features of an episode as info.json has them."""
        features: dict[str, dict[str, Any]] = {
            key: {'dtype': 'float32', 'shape': [values.shape[1]], 'names': episode.names[key]}
            for key, values in episode.vectors.items()
        }
        for key, (height, width, _) in shapes.items():
            features[key] = {
                'dtype': 'video',
                'shape': [height, width, 3],
                'names': ['height', 'width', 'channels'],
                'info': {
                    'video.height': height,
                    'video.width': width,
                    # no video.codec: LeRobot's tools cut films with the encoder of that name, and mpeg4 is none of theirs
                    'video.pix_fmt': 'yuv420p',
                    'is_depth_map': False,
                    'video.fps': self._fps,
                    'video.channels': 3,
                    'has_audio': False,
                },
            }
        single = {'next.done': 'bool', 'next.success': 'bool', 'timestamp': 'float32', **dict.fromkeys(INDICES, 'int64')}
        return features | {key: {'dtype': dtype, 'shape': [1], 'names': None} for key, dtype in single.items()}

    def _columns(self, episode: Episode, number: int) -> dict[str, np.ndarray]:
        count = episode.length
        done = np.arange(count) == count - 1
        return episode.vectors | {
            'next.done': done,
            'next.success': done & episode.cycle.success,
            'timestamp': (np.arange(count) / self._fps).astype(np.float32),
            'frame_index': np.arange(count),
            'episode_index': np.full(count, number),
            'index': self._frames + np.arange(count),
            'task_index': np.zeros(count, int),
        }

    def _as_table(self, columns: dict[str, np.ndarray]) -> pa.Table:
        arrays = {
            key: pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])
            if values.ndim == 2
            else pa.array(values, INDICES.get(key))
            for key, values in columns.items()
        }
        return pa.table(arrays)

    def _film(self, key: str, jpegs: list[bytes]) -> Statistics:
        every = -(-len(jpegs) // SAMPLED_PICTURES)
        sampled = []
        for number, jpeg in enumerate(jpegs):
            picture = _decode(jpeg)
            self._videos[key].add(picture)
            if number % every == 0:
                sampled.append(picture[::SAMPLED_PIXELS, ::SAMPLED_PIXELS, ::-1])
        return picture_statistics(sampled)

    def _open_files(self, file: dict[str, int], shapes: dict[str, tuple[int, ...]]) -> None:
        path = self.folder / DATA.format(**file)
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = [
            (key, pa.list_(pa.float32(), feature['shape'][0]))
            if feature['names']
            else (key, INDICES.get(key, pa.float32() if feature['dtype'] == 'float32' else pa.bool_()))
            for key, feature in self._features.items()
            if feature['dtype'] != 'video'
        ]
        self._table = parquet.ParquetWriter(path, pa.schema(fields), compression='snappy')
        self._videos = {
            key: VideoFile(self.folder / VIDEO.format(video_key=key, **file), self._fps, height, width)
            for key, (height, width, _) in shapes.items()
        }

    def _close_files(self) -> None:
        if self._table is not None:
            self._table.close()
        for video in self._videos.values():
            video.close()


def _key(camera: str) -> str:
    return f'observation.images.{camera.replace("/", "_")}'


def _decode(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise RecordingError('a recorded picture is not a JPEG')
    return picture


def _episodes(rows: list[dict[str, Any]]) -> pa.Table:
    table = pa.Table.from_pylist(rows)
    # of real robots alone it would have no type, and fit no other data set
    place = table.schema.get_field_index('seed')
    return table.set_column(place, 'seed', table['seed'].cast(pa.int64()))


def _tasks(tasks: list[str]) -> pa.Table:
    """Table of tasks whose index in pandas is the task's text, as LeRobot looks tasks up."""
    columns = [
        {'name': name, 'field_name': name, 'pandas_type': kind, 'numpy_type': dtype, 'metadata': None}
        for name, kind, dtype in (('task_index', 'int64', 'int64'), ('task', 'unicode', 'object'))
    ]
    description = {'index_columns': ['task'], 'column_indexes': [], 'columns': columns, 'pandas_version': '2.0.0'}
    table = pa.table({'task_index': pa.array(range(len(tasks)), pa.int64()), 'task': tasks})
    return table.replace_schema_metadata({'pandas': json.dumps(description)})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=4, ensure_ascii=False) + '\n', encoding='utf-8')
