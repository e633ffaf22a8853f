"""`before`: the incidents before a statement."""

from conflict_timeline.cli.options import AsOf, Common, Output, StatementKey, Whose


def before(
    statement: StatementKey,
    /,
    *,
    conflict: Whose = None,
    as_of: AsOf = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print the matching incidents of the 365 days before the words.

    What came after a denial does not refute it: only these bear on its truth.
    """
    from conflict_timeline.cli.asking import answer
    from conflict_timeline.queries.view import View

    return answer(
        View.before, statement, conflict=conflict, as_of=as_of, output=output, common=common
    )
