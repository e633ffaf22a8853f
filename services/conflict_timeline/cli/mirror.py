"""`mirror`: the same rule for the other side."""

from conflict_timeline.cli.options import AsOf, Common, Output, StatementKey, Whose


def mirror(
    statement: StatementKey,
    /,
    *,
    conflict: Whose = None,
    as_of: AsOf = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print what the same rule makes of the strikes of all other parties after the same words."""
    from conflict_timeline.cli.asking import answer
    from conflict_timeline.queries.view import View

    return answer(
        View.mirror, statement, conflict=conflict, as_of=as_of, output=output, common=common
    )
