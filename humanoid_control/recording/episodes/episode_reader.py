# SPDX-License-Identifier: Apache-2.0
"""Cuts a run into episodes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from humanoid_control.recording.bag_reader import BagReader, RecordedMessage
from humanoid_control.recording.cdr import SECOND, header_stamp
from humanoid_control.recording.episodes.episode import Episode
from humanoid_control.recording.episodes.recorded_run import Cycle, RecordedRun
from humanoid_control.recording.episodes.vectors import SOURCES, VectorSource, names_of, vector_of
from humanoid_control.recording.message_decoder import MessageDecoder

CLOCK = 'joint_states'  # its stamps tell what time it is for the robot
PICTURES = '/color/image_raw/compressed'
LATE = 2.0  # [s] by which an episode may begin later or end earlier than its cycle, for want of messages


class EpisodeReader:
    """Reads the bag of a run once, from front to back.

    A frame holds what had arrived by its time, as a policy on the robot would have had it.

    Attributes:
        skipped: why cycles gave no episode, by number.
    """

    def __init__(self, run: RecordedRun, fps: int):
        """`fps`: frames a second of the stamps' time. Raises RecordingError if there is no bag."""
        self.run = run
        self.skipped: dict[int, str] = {}
        self._fps = fps
        self._bag = BagReader(run.bag)
        self._decoder = MessageDecoder()
        self._topics = {message.topic for message in self._first_messages()}

    def sources(self) -> list[VectorSource]:
        """Vectors whose topics are all in the bag, and those that are needed."""
        return [
            source
            for source in SOURCES
            if source.needed or all(self.run.topic(topic) in self._topics for topic in source.topics)
        ]

    def cameras(self) -> list[str]:
        """Names of the cameras in the bag."""
        return sorted(
            topic.removeprefix(self.run.prefix).removesuffix(PICTURES)
            for topic in self._topics
            if topic.startswith(self.run.prefix) and topic.endswith(PICTURES)
        )

    def episodes(self, sources: Collection[VectorSource], cameras: Collection[str]) -> Iterator[Episode]:
        """Episodes with the vectors and cameras asked for.

        Raises RecordingError when messages don't fit each other.
        """
        waiting = sorted(self.run.cycles, key=lambda cycle: cycle.start)
        topics = {self.run.topic(topic) for source in sources for topic in source.topics}
        topics |= {self.run.topic(camera + PICTURES) for camera in cameras}
        clock = self.run.topic(CLOCK)
        latest: dict[str, RecordedMessage] = {}
        frames = _Frames(waiting[0], self._fps) if waiting else None
        for message in self._bag.messages(topics):
            if message.topic == clock:
                time = header_stamp(message.data) / SECOND
                while frames is not None and frames.is_due(time):
                    if frames.ended:
                        yield from self._finish(frames, cameras)
                        waiting.pop(0)
                        frames = _Frames(waiting[0], self._fps) if waiting else None
                    else:
                        self._add_frame(frames, latest, topics, sources, cameras)
            latest[message.topic] = message
        if frames is not None:
            yield from self._finish(frames, cameras)
            for cycle in waiting[1:]:
                self.skipped[cycle.number] = 'the bag ends before'

    def _first_messages(self) -> Iterator[RecordedMessage]:
        """One message of each topic."""
        seen = set()
        for message in self._bag.messages():
            if message.topic not in seen:
                seen.add(message.topic)
                yield message

    def _add_frame(
        self,
        frames: _Frames,
        latest: dict[str, RecordedMessage],
        topics: Collection[str],
        sources: Collection[VectorSource],
        cameras: Collection[str],
    ) -> None:
        if topics <= latest.keys():
            if frames.begin is None:
                frames.begin = frames.next
            for source in sources:
                messages = [self._decoder.decode(latest[self.run.topic(topic)]) for topic in source.topics]
                frames.add_vector(source, messages)
            for camera in cameras:
                picture = self._decoder.decode(latest[self.run.topic(camera + PICTURES)])
                frames.pictures.setdefault(camera, []).append(bytes(picture.data))
        frames.step()

    def _finish(self, frames: _Frames, cameras: Collection[str]) -> Iterator[Episode]:
        cycle = frames.cycle
        if frames.begin is None or frames.begin - cycle.start > LATE or cycle.end - frames.next > LATE:
            self.skipped[cycle.number] = 'the bag does not hold all of it'
            return
        vectors = {feature: np.array(rows) for feature, rows in frames.vectors.items()}
        yield Episode(self.run, cycle, vectors, frames.names, frames.pictures)


class _Frames:
    """Frames of the cycle that is being read."""

    def __init__(self, cycle: Cycle, fps: int):
        self.cycle = cycle
        self.begin: float | None = None  # time of the first frame [s]
        self.vectors: dict[str, list[np.ndarray]] = {}
        self.names: dict[str, list[str]] = {}
        self.pictures: dict[str, list[bytes]] = {}
        self._fps = fps
        self._count = 0

    @property
    def next(self) -> float:
        """Time of the next frame [s]."""
        return self.cycle.start + self._count / self._fps

    @property
    def ended(self) -> bool:
        """Whether the cycle has no further frame."""
        return self.next > self.cycle.end

    def is_due(self, time: float) -> bool:
        """Whether all that belongs into the next frame came before `time` [s]."""
        return time > self.next

    def step(self) -> None:
        """Go on to the next frame."""
        self._count += 1

    def add_vector(self, source: VectorSource, messages: list[Any]) -> None:
        """Append one vector of a frame."""
        names = self.names.setdefault(source.feature, names_of(source, messages))
        self.vectors.setdefault(source.feature, []).append(vector_of(source, messages, names))
