# SPDX-License-Identifier: Apache-2.0
"""Balance, whole-body kinematics, drivers, simulated stand-in and work of the humanoid."""
