# SPDX-License-Identifier: Apache-2.0
"""Every run keeps what it saw and did: a bounded bag, its configuration, its versions and its report."""
