# SPDX-License-Identifier: Apache-2.0
"""Random errors of encoders, IMU and force sensors."""
from __future__ import annotations

import numpy as np

from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.simulation.configuration import SensorSettings


class SensorErrors:
    """White noise on every entry of `low_state` and a constant bias on the IMU.

    Drawn from one generator in a fixed order: the same seed gives the same errors.
    """

    def __init__(self, layout: LowStateLayout, slides: np.ndarray, settings: SensorSettings,
                 random: np.random.Generator):
        """
        Args:
            slides: indices of the joints that are slides; the others turn.
        """
        self._random = random
        position = np.zeros(layout.size)
        velocity = np.zeros(layout.size)
        position[layout.joints] = settings.joint_position
        velocity[layout.joints] = settings.joint_velocity
        position[slides] = settings.slide_position
        velocity[slides] = settings.slide_velocity
        position[layout.angular_velocity] = settings.gyroscope
        position[layout.linear_acceleration] = settings.accelerometer
        for sensor in layout.force:
            sole = sensor.endswith('sole')
            position[layout.force[sensor]] = settings.sole_force if sole else settings.wrist_force
            position[layout.torque[sensor]] = settings.sole_torque if sole else settings.wrist_torque
        self._rms = settings.noise * np.stack([position, velocity])
        self._bias = np.zeros(layout.size)
        self._bias[layout.angular_velocity] = settings.noise * settings.gyroscope_bias * random.standard_normal(3)
        self._bias[layout.linear_acceleration] = settings.noise * settings.accelerometer_bias * random.standard_normal(3)
        self._sample = np.zeros_like(self._rms)
        self._silent = settings.noise == 0

    def add(self, state: np.ndarray) -> None:
        """Add the errors of one tick to position and velocity, the first two rows (2, layout.size) of `state`."""
        if self._silent:
            return
        self._random.standard_normal(out=self._sample)
        self._sample *= self._rms
        state += self._sample
        state[0] += self._bias
