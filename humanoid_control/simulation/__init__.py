# SPDX-License-Identifier: Apache-2.0
"""Stand-in for robot and station: MuJoCo physics, drives, sensors, cameras, disturbances and ground truth."""
