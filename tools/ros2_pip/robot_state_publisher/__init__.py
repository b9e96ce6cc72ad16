# SPDX-License-Identifier: Apache-2.0
"""Stand-in for ROS 2's robot_state_publisher."""
