# SPDX-License-Identifier: Apache-2.0
"""The work: skills of the hands, behaviour trees of the stations, the shift and its report."""
