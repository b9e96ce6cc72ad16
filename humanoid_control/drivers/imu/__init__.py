# SPDX-License-Identifier: Apache-2.0
"""Inertial sensors of the real robot."""
