"""What keeps a broker from being used, each as a sentence for people."""


class BrokerError(Exception):
    """A broker that cannot, or must not, be used."""


class BrokerAwayError(BrokerError):
    """The broker cannot be started, reached or made to answer.

    Attributes:
        where: Its URL without secrets, or its folder.
        reason: What is known about why, as a clause without a full stop.
    """

    def __init__(self, where: str, reason: str, advice: str = "") -> None:
        self.where = where
        self.reason = reason.rstrip(". ")
        super().__init__(f"The broker at {where} is away: {self.reason}. {advice}".rstrip())


class BrokerUrlError(BrokerError, ValueError):
    """A broker's URL that cannot be used.

    Attributes:
        url: The URL without secrets.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        super().__init__(f"The broker's URL {url} cannot be used: {reason}.")


class EvictingServerError(BrokerError):
    """A server that may drop keys when its memory is full: repeats would be recorded again.

    Attributes:
        where: Its URL without secrets.
        policy: Its `maxmemory-policy`, empty when it does not tell.
    """

    def __init__(self, where: str, policy: str) -> None:
        self.where = where
        self.policy = policy
        super().__init__(
            f"The server at {where} may evict keys (its maxmemory-policy is"
            f" {policy or 'not to be had'}), and what was recorded could be lost or recorded twice."
            " Set maxmemory-policy to noeviction there, or use another server."
        )


class OutdatedServerError(BrokerError):
    """A server without what the scripts rest on.

    Attributes:
        where: Its URL without secrets.
        version: What it says it is, such as `redis 6.2.14`.
    """

    def __init__(self, where: str, version: str, required: str) -> None:
        self.where = where
        self.version = version
        super().__init__(f"The server at {where} is {version}. Use {required}.")
