# SPDX-License-Identifier: Apache-2.0
"""Localisation of a station by a board of AprilTags."""
