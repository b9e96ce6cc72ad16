# SPDX-License-Identifier: Apache-2.0
"""Reach: which poses an arm gets its gripper to, and with which posture."""
from humanoid_control.kinematics.reach.arm_chain import ArmChain, ChainSolution
from humanoid_control.kinematics.reach.arm_reach import ArmReach
from humanoid_control.kinematics.reach.reach_result import ReachResult, WayResult

__all__ = ['ArmChain', 'ArmReach', 'ChainSolution', 'ReachResult', 'WayResult']
