"""What can be wrong with an import as a whole, and with one row."""


class RowError(ValueError):
    """A row that makes no event: what is wrong with it, and in which column or element."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(f"{column}: {message}")
        self.column = column
        self.message = message


class NotThisSetError(ValueError):
    """A file that is not of the set it is read as, or cannot be read as one at all."""


class UnknownSetError(LookupError):
    """No connector has that name."""


class MissingOptionError(ValueError):
    """An option without which a set cannot be read was not given."""


class FetchError(OSError):
    """An address that did not give what was asked of it; its password is never repeated."""
