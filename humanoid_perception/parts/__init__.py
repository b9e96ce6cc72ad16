# SPDX-License-Identifier: Apache-2.0
"""Poses of nuts and pins from colour and depth images."""
