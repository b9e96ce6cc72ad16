# SPDX-License-Identifier: Apache-2.0
"""Python twin of c/walk_*.c for differential tests and for reading: the same method without the C code's structure."""
from humanoid_control.balance.walk.twin.gait_twin import GaitTwin

__all__ = ['GaitTwin']
