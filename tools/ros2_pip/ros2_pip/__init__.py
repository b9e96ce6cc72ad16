# SPDX-License-Identifier: Apache-2.0
"""What the stand-ins for ROS 2's launch tools share."""
