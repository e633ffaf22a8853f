"""What can be wrong with a key. Who presents one is told the same, whichever it is."""


class KeysError(Exception):
    """A key that cannot be used, or not be changed as asked."""


class KeyRefusedError(KeysError):
    """A key that was presented lets nobody in.

    Its text is for whoever presented it. The class says more, and `id` (of a key whose secret was
    right) whose it is: for us.
    """

    def __init__(self, key_id: str | None = None) -> None:
        super().__init__("the API key is not valid")
        self.id = key_id


class UnknownKeyError(KeyRefusedError):
    """It is no key, or there is none of its id, or its secret is another."""


class ExpiredKeyError(KeyRefusedError):
    """Its time is over."""


class RevokedKeyError(KeyRefusedError):
    """It was revoked."""


class NoSuchKeyError(KeysError, LookupError):
    """No key has this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no key {key_id!r}; `keys list` prints them")
        self.id = key_id


class EndedKeyError(KeysError):
    """A key that was revoked gets no new secret."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key {key_id} was revoked: create another one")
        self.id = key_id


class DamagedKeyError(KeysError):
    """What is stored of a key cannot be read: somebody else wrote it, or a newer version did."""

    def __init__(self, key_id: str, why: str) -> None:
        super().__init__(f"what is stored of the key {key_id!r} cannot be read: {why}")
        self.id = key_id
