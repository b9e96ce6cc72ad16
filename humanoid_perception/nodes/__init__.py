# SPDX-License-Identifier: Apache-2.0
"""ROS nodes around the classes of this package; ROS is imported only here, in files named *_node.py."""
