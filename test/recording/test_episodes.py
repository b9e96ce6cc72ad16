# SPDX-License-Identifier: Apache-2.0
"""Recorded cycles become data sets that LeRobot's loader accepts."""

from __future__ import annotations

import json
import sys

import numpy as np
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from recorded import CYCLES, JOINTS, film, position, record_run, shade

from humanoid_control.recording.episodes.command_line import main
from humanoid_control.recording.episodes.episode_reader import EpisodeReader
from humanoid_control.recording.episodes.feature_statistics import QUANTILES, merged, picture_statistics, statistics
from humanoid_control.recording.episodes.lerobot_dataset import EPISODES_PER_FILE, LeRobotDataset
from humanoid_control.recording.episodes.recorded_run import RecordedRun

FPS = 10
CAMERA = 'observation.images.head_camera'
FILE = 'chunk-000/file-000'


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    return record_run(tmp_path_factory.mktemp('runs') / 'run')


@pytest.fixture(scope='module')
def dataset(run):
    """The run of two cycles, exported."""
    output = run.parent / 'data set'
    assert main(['export', '--format', 'lerobot', '--output', str(output), '--fps', str(FPS), str(run)]) == 0
    return output


@pytest.fixture(scope='module')
def info(dataset):
    return json.loads((dataset / 'meta/info.json').read_text())


@pytest.fixture(scope='module')
def rows(dataset):
    return parquet.read_table(dataset / f'data/{FILE}.parquet')


@pytest.fixture(scope='module')
def episodes(dataset):
    return parquet.read_table(dataset / f'meta/episodes/{FILE}.parquet').to_pylist()


def test_counts_agree_everywhere(dataset, info, rows, episodes):
    assert info['codebase_version'] == 'v3.0' and info['fps'] == FPS
    assert info['total_episodes'] == len(episodes) == 2
    assert [episode['length'] for episode in episodes] == [21, 31]
    assert info['total_frames'] == rows.num_rows == 52
    assert info['splits'] == {'train': '0:2'}
    assert rows['index'].to_pylist() == list(range(52))
    for episode in episodes:
        own = slice(episode['dataset_from_index'], episode['dataset_to_index'])
        assert set(rows['episode_index'].to_pylist()[own]) == {episode['episode_index']}
        assert rows['frame_index'].to_pylist()[own] == list(range(episode['length']))
        assert rows['timestamp'].to_pylist()[own] == pytest.approx([n / FPS for n in range(episode['length'])])
    assert parquet.ParquetFile(dataset / f'data/{FILE}.parquet').num_row_groups == 2


def test_every_feature_has_its_column_of_the_right_type_and_size(info, rows):
    stored = {key: feature for key, feature in info['features'].items() if feature['dtype'] != 'video'}
    assert set(rows.column_names) == set(stored)
    for key, feature in stored.items():
        kind = rows.schema.field(key).type
        if feature['shape'] == [1] and feature['names'] is None:
            assert str(kind).replace('float', 'float32') == feature['dtype']
        else:
            assert kind.list_size == feature['shape'][0] == len(feature['names'])
            assert str(kind.value_type) == 'float'


def test_a_frame_holds_what_had_arrived_by_its_time(info, rows):
    assert info['features']['observation.state']['names'] == JOINTS
    action = info['features']['action']['names']
    for index, (cycle, frame) in enumerate([(0, n) for n in range(21)] + [(1, n) for n in range(31)]):
        tick = round((CYCLES[cycle]['start_s'] + frame / FPS) * 100)
        assert rows['observation.state'][index].as_py() == pytest.approx(position(tick), abs=1e-6)
        expected = dict(zip(JOINTS, position(tick) + 0.5))
        assert rows['action'][index].as_py() == pytest.approx([expected[name] for name in action], abs=1e-6)
        wrench = dict(zip(info['features']['observation.wrench']['names'], rows['observation.wrench'][index].as_py()))
        assert wrench['r_sole.force.z'] == tick and wrench['l_sole.force.z'] == 1.0
        assert rows['observation.base'][index].as_py()[0] == pytest.approx(tick / 100)


def test_films_show_the_picture_of_each_frame(dataset, episodes, info):
    shades = film(dataset / f'videos/{CAMERA}/{FILE}.mp4')
    assert len(shades) == 52
    assert info['features'][CAMERA]['shape'] == [48, 64, 3]
    for episode, cycle in zip(episodes, CYCLES):
        first, last = (round(episode[f'videos/{CAMERA}/{edge}_timestamp'] * FPS) for edge in ('from', 'to'))
        assert last - first == episode['length']
        for frame in range(episode['length']):
            tick = round((cycle['start_s'] + frame / FPS) * 100) // 20 * 20
            assert shades[first + frame] == pytest.approx(shade(tick), abs=8)


def test_each_episode_tells_success_failure_and_version(episodes, rows):
    assert [(e['success'], e['failure']) for e in episodes] == [(True, ''), (False, 'not_seated')]
    assert {(e['software_version'], e['run'], e['seed']) for e in episodes} == {('1.2.3', 'run', 7)}
    done = np.flatnonzero(rows['next.done'].to_numpy(zero_copy_only=False))
    assert done.tolist() == [20, 51]
    assert np.flatnonzero(rows['next.success'].to_numpy(zero_copy_only=False)).tolist() == [20]


def test_statistics_are_those_of_the_rows(dataset, info, rows, episodes):
    whole = json.loads((dataset / 'meta/stats.json').read_text())
    assert set(whole) == set(info['features'])
    for key, feature in info['features'].items():
        if feature['dtype'] == 'video':
            assert np.shape(whole[key]['mean']) == (3, 1, 1) and 0.1 < whole[key]['mean'][0][0][0] < 0.8
            continue
        values = np.array(rows[key].to_pylist(), float).reshape(52, -1)
        for name, figure in (('min', values.min(0)), ('max', values.max(0)), ('mean', values.mean(0)), ('std', values.std(0))):
            assert whole[key][name] == pytest.approx(figure, abs=1e-5)
        assert whole[key]['count'] == [52]
        assert episodes[0][f'stats/{key}/mean'] == pytest.approx(values[:21].mean(0), abs=1e-5)
        assert episodes[1][f'stats/{key}/q50'] == pytest.approx(np.median(values[21:], axis=0), abs=1e-5)


def test_the_layout_is_the_one_that_lerobots_own_writer_gives_such_data(info, rows, episodes):
    """As lerobot 0.6.1 writes the same features: info.json, columns and their types, what is said of films and episodes."""
    assert set(info) == {
        'codebase_version', 'fps', 'total_episodes', 'total_frames', 'total_tasks', 'chunks_size', 'data_files_size_in_mb',
        'video_files_size_in_mb', 'data_path', 'video_path', 'robot_type', 'splits', 'features',
    }  # fmt: skip
    assert info['data_path'] == 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet'
    assert info['video_path'] == 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4'
    types = {name: str(rows.schema.field(name).type) for name in rows.column_names}
    vectors = {'observation.state': 3, 'observation.velocity': 3, 'observation.effort': 3, 'observation.wrench': 24}
    vectors |= {'observation.base': 13, 'action': 3}
    assert types == {
        **{name: f'fixed_size_list<element: float>[{size}]' for name, size in vectors.items()},
        **dict.fromkeys(('next.done', 'next.success'), 'bool'),
        **dict.fromkeys(('frame_index', 'episode_index', 'index', 'task_index'), 'int64'),
        'timestamp': 'float',
    }
    said = info['features'][CAMERA]
    assert said['dtype'] == 'video' and said['names'] == ['height', 'width', 'channels']
    assert said['info'] == {
        'video.height': 48, 'video.width': 64, 'video.pix_fmt': 'yuv420p', 'video.fps': FPS, 'video.channels': 3,
        'has_audio': False, 'is_depth_map': False,
    }  # fmt: skip
    needed = {'episode_index', 'tasks', 'length', 'dataset_from_index', 'dataset_to_index'}
    needed |= {f'{part}/{place}_index' for part in ('data', 'meta/episodes') for place in ('chunk', 'file')}
    needed |= {f'videos/{CAMERA}/{name}' for name in ('chunk_index', 'file_index', 'from_timestamp', 'to_timestamp')}
    figures = ('min', 'max', 'mean', 'std', 'count', *QUANTILES)
    needed |= {f'stats/{feature}/{figure}' for feature in info['features'] for figure in figures}
    assert needed <= set(episodes[0])


def test_tasks_are_indexed_by_their_text(dataset):
    table = parquet.read_table(dataset / 'meta/tasks.parquet')
    assert table.num_rows == 1 and table['task_index'].to_pylist() == [0]
    assert json.loads(table.schema.metadata[b'pandas'])['index_columns'] == ['task']


@pytest.mark.parametrize('options', [{'namespace': 'robot2'}, {'cut': True}])
def test_robots_in_namespaces_and_killed_recorders_are_exported_alike(tmp_path, options, rows):
    run = record_run(tmp_path / 'run', **options)
    assert main(['export', '--output', str(tmp_path / 'out'), str(run)]) == 0
    assert parquet.read_table(tmp_path / f'out/data/{FILE}.parquet').equals(rows)


def test_cycles_that_the_bag_does_not_hold_are_left_out_by_name(tmp_path, capsys):
    run = record_run(tmp_path / 'run', ticks=450)
    assert main(['export', '--output', str(tmp_path / 'out'), str(run)]) == 0
    assert 'cycle 2 is left out: the bag does not hold all of it' in capsys.readouterr().out
    assert json.loads((tmp_path / 'out/meta/info.json').read_text())['total_episodes'] == 1


def test_several_runs_make_one_data_set_and_failures_can_stay_out(tmp_path, run):
    other = record_run(tmp_path / 'other')
    assert main(['export', '--output', str(tmp_path / 'out'), '--successful', str(run), str(other)]) == 0
    episodes = parquet.read_table(tmp_path / f'out/meta/episodes/{FILE}.parquet').to_pylist()
    assert [(e['run'], e['success'], e['dataset_from_index']) for e in episodes] == [('run', True, 0), ('other', True, 21)]


def test_a_long_data_set_goes_on_in_further_files(tmp_path, run):
    reader = EpisodeReader(RecordedRun.load(run), FPS)
    first = next(reader.episodes(reader.sources(), reader.cameras()))
    dataset = LeRobotDataset(tmp_path, FPS, 'humanoid', 'work')
    for _ in range(EPISODES_PER_FILE + 1):
        dataset.add(first)
    dataset.close()
    assert parquet.read_table(tmp_path / 'data/chunk-000/file-001.parquet').num_rows == 21
    assert len(film(tmp_path / f'videos/{CAMERA}/chunk-000/file-000.mp4')) == 21 * EPISODES_PER_FILE
    assert len(film(tmp_path / f'videos/{CAMERA}/chunk-000/file-001.mp4')) == 21
    last = parquet.read_table(tmp_path / f'meta/episodes/{FILE}.parquet').to_pylist()[-1]
    assert (last['data/file_index'], last[f'videos/{CAMERA}/file_index'], last[f'videos/{CAMERA}/from_timestamp']) == (1, 1, 0)


def test_the_list_names_cycles_and_failures(run, tmp_path, capsys):
    early = record_run(tmp_path / 'early', cycles=None, ticks=10)
    assert main(['list', str(run), str(early)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert '1 of 2 cycles good' in first and '2: not_seated' in first and '1.2.3' in first
    assert '0 of 0 cycles good' in second
    assert main(['list', '--json', str(run)]) == 0
    assert json.loads(capsys.readouterr().out)[0]['good'] == 1


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['list', 'no_such_run'], 'no_such_run'),
        (['export', '--output', 'new', 'no_such_run'], 'no_such_run'),
        (['export', '--output', '.', 'RUN'], 'exists'),
    ],
)
def test_what_cannot_be_done_is_named(tmp_path, monkeypatch, capsys, run, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main([str(run) if word == 'RUN' else word for word in arguments]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_cycles_gives_no_data_set(tmp_path, capsys):
    run = record_run(tmp_path / 'run', cycles=None, ticks=10)
    assert main(['export', '--output', str(tmp_path / 'out'), str(run)]) == 1
    assert 'no episode' in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(('module', 'package'), [('pyarrow', 'pyarrow'), ('mcap_ros2', 'mcap-ros2-support')])
def test_a_missing_extra_is_named(run, tmp_path, monkeypatch, capsys, module, package):
    for name in list(sys.modules):
        if name.split('.')[0] == module or name.startswith('humanoid_control.recording.'):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    from humanoid_control.recording.episodes.command_line import main as fresh_main

    assert fresh_main(['export', '--output', str(tmp_path / 'out'), str(run)]) == 1
    said = capsys.readouterr().err
    assert package in said and '--extra export' in said


@given(
    parts=st.lists(
        arrays.arrays(float, st.tuples(st.integers(1, 20), st.just(3)), elements=st.floats(-100, 100)),
        min_size=1,
        max_size=5,
    )
)
def test_merged_statistics_are_those_of_everything_together(parts):
    together, found = statistics(np.concatenate(parts)), merged([statistics(part) for part in parts])
    for name in ('min', 'max', 'mean', 'std', 'count'):
        np.testing.assert_allclose(found[name], together[name], atol=1e-5)
    low, high = together['min'] - 1e-9, together['max'] + 1e-9
    assert all(np.all((low <= found[name]) & (found[name] <= high)) for name in QUANTILES)


def test_statistics_of_pictures_are_by_colour():
    red, dark = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    found = picture_statistics([red, dark])
    assert found['mean'].shape == (3, 1, 1)
    assert found['mean'].ravel().tolist() == [0.5, 0.0, 0.0] and found['count'].tolist() == [2]
