# SPDX-License-Identifier: Apache-2.0
"""Command line for single joints: find, name, zero, number, read, write, move and check motors."""
