# SPDX-License-Identifier: Apache-2.0
"""Whole-body inverse kinematics: tasks, limits, trajectories and reach."""
