"""Contract types for import-linter: two of its own, and ours for what those cannot check.

Our own types store their refusals as a list `places` in the metadata of their check.
"""

from importlinter import Contract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.protected import ProtectedContract

from architecture.contracts.allow_list import AllowListContract
from architecture.contracts.everything_placed import EverythingPlacedContract
from architecture.contracts.independent_contexts import IndependentContextsContract
from architecture.contracts.private_rows import PrivateRowsContract
from architecture.contracts.wire_map import WireMapContract

CONTRACT_TYPES: dict[str, type[Contract]] = {
    "allow_list": AllowListContract,
    "everything_placed": EverythingPlacedContract,
    "forbidden": ForbiddenContract,
    "independent_contexts": IndependentContextsContract,
    "private_rows": PrivateRowsContract,
    "protected": ProtectedContract,
    "wire_map": WireMapContract,
}
