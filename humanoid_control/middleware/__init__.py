# SPDX-License-Identifier: Apache-2.0
"""Between nodes and the middleware: a node's process from start to end, and subscriptions that are asked, not called back."""
