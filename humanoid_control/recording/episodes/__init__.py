# SPDX-License-Identifier: Apache-2.0
"""Recorded cycles as episodes for learning."""
