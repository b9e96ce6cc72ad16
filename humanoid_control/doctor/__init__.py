# SPDX-License-Identifier: Apache-2.0
"""What runs, what should run, and what to do about the difference."""

from humanoid_control.doctor.topic_table import Topic, TopicTable

__all__ = ['Topic', 'TopicTable']
