# SPDX-License-Identifier: Apache-2.0
"""Standing balance: C core, its binding and the lifecycle node."""
from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.balance.errors import BalanceError, RefusedReferenceError
from humanoid_control.balance.native_structs import Mode, ReferenceSource

__all__ = ['BalanceConfiguration', 'BalanceController', 'BalanceError', 'Mode', 'ReferenceSource',
           'RefusedReferenceError']
