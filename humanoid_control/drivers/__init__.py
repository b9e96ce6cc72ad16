# SPDX-License-Identifier: Apache-2.0
"""Real joints: CAN codec, buses, motors and the driver that makes `low_state` of them and obeys `joint_commands`."""
