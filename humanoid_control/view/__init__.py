# SPDX-License-Identifier: Apache-2.0
"""The robot for people to look at: a page in the browser with the buttons that a technician needs."""
