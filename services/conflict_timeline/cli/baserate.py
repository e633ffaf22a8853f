"""`baserate`: what a random moment before a statement would have been followed by."""

from conflict_timeline.cli.options import AsOf, Common, Output, StatementKey, Whose


def baserate(
    statement: StatementKey,
    /,
    *,
    conflict: Whose = None,
    as_of: AsOf = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print how often such strikes came anyway, in the 90 days before the words.

    For each window a range, beside what was reported after the statement itself.
    """
    from conflict_timeline.cli.asking import answer
    from conflict_timeline.queries.view import View

    return answer(
        View.base_rate, statement, conflict=conflict, as_of=as_of, output=output, common=common
    )
