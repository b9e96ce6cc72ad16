# SPDX-License-Identifier: Apache-2.0
"""Settings of the recorder (config/recording.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


@dataclass(frozen=True)
class RecordedTopic:
    """How one topic is recorded.

    Attributes:
        max_rate: messages a second of the robot's time that are kept [Hz]; 0: all.
        jpeg: keep a sensor_msgs/Image as sensor_msgs/CompressedImage on `TOPIC/compressed`.
        repeat: latest messages that begin every further file, for topics that are published once.
    """

    max_rate: float = 0.0
    jpeg: bool = False
    repeat: int = 0

    def __post_init__(self) -> None:
        if self.max_rate < 0:
            raise ValueError(f'max_rate must not be negative [Hz], got {self.max_rate}')
        if self.repeat < 0:
            raise ValueError(f'repeat must not be negative, got {self.repeat}')


@dataclass(frozen=True)
class RecordingSettings:
    """What is recorded and how much of it is kept; MB are 10^6 bytes."""

    max_size: float
    max_duration: float
    max_total: float
    min_free: float
    chunk: float
    flush_period: float
    poll_period: float
    retry_period: float
    jpeg_quality: int
    topics: dict[str, RecordedTopic]

    def __post_init__(self) -> None:
        if self.max_size < 20:
            raise ValueError(f'max_size must be at least 20 MB, got {self.max_size}')
        if not 0 < self.chunk <= self.max_size / 20:
            raise ValueError(f'chunk must lie in (0, max_size / 20] MB, got {self.chunk}')
        for name in ('max_duration', 'max_total', 'flush_period', 'poll_period', 'retry_period'):
            if getattr(self, name) <= 0:
                raise ValueError(f'{name} must be positive, got {getattr(self, name)}')
        if self.min_free < 0:
            raise ValueError(f'min_free must not be negative [MB], got {self.min_free}')
        if not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f'jpeg_quality must lie in 1 to 100, got {self.jpeg_quality}')

    @classmethod
    def load(cls, path: str | Path | None = None) -> RecordingSettings:
        """Read the file; without a path the package's own. Raises ConfigurationError naming file, key and value."""
        return load(cls, path or share_path('config', 'recording.yaml'))
