# SPDX-License-Identifier: Apache-2.0
"""What the cameras tell: the station by its tag board, nuts and pins by head and wrist images, obstacles by depth."""
