# SPDX-License-Identifier: Apache-2.0
"""Stop buttons on USB and GPIO."""
