# SPDX-License-Identifier: Apache-2.0
"""Where to walk: floor maps, footsteps to a goal, velocities. How the legs do it is in humanoid_control.balance.walk."""
