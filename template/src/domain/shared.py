"""What every context of the domain shares."""


class DomainError(Exception):
    """A business rule was broken.

    `detail` is written for whoever broke it. `field` names the input at fault, when a single one
    is.
    """

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class DomainConflictError(DomainError):
    """The rule forbids it in the present state, and may allow it in another."""
