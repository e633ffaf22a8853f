"""The keys of a timeline. All keys of one conflict share its hash tag."""


def timeline_key(conflict: str, projection: str, version: int) -> str:
    """The stream of revisions; entry ids are `<position>-<k>`."""
    return f"{{{conflict}}}:timeline:{projection}:{version}"


def checkpoint_key(conflict: str, projection: str, version: int) -> str:
    """The hash that says how far a projection has come, and its digest there."""
    return f"{{{conflict}}}:checkpoint:{projection}:{version}"


def serving_key(conflict: str) -> str:
    """The hash from projection to the version that readers get."""
    return f"{{{conflict}}}:serving"


def versions_key(conflict: str) -> str:
    """The hash from `<projection>:<version>` to the version of the code that makes it."""
    return f"{{{conflict}}}:versions"


def rebuilding_key(conflict: str, projection: str) -> str:
    """The claim of the one rebuild of a timeline that may run; it expires by itself."""
    return f"{{{conflict}}}:rebuilding:{projection}"
