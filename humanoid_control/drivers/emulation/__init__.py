# SPDX-License-Identifier: Apache-2.0
"""Emulated motors: they speak the protocol on simulated buses and move simulated joints."""
