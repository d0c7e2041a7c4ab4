"""What follows from what: whether everybody for whom one predicate holds also fulfils another one."""

from segql.compiler.lint.domains import about
from segql.compiler.lint.windows import are_apart, is_within, of_events
from segql.compiler.plan import nodes as plan

_MOST_PARTS = 20


def implies(one: plan.Predicate, other: plan.Predicate) -> bool:
    """Whether the other holds wherever the one does, in every store and at every instant; False if not certain."""
    if one == other:
        return True
    match one, other:
        case plan.Constant(), _:
            return False
        case _, plan.Constant():
            return False
        case plan.Not(child), plan.Not(weaker) if implies(weaker, child):
            return True
        case plan.And(children), _ if len(children) <= _MOST_PARTS and other in children:
            return True
        case _, plan.Or(children) if len(children) <= _MOST_PARTS and one in children:
            return True
        case _:
            pass
    first, second = about(one), about(other)
    if first is not None and second is not None and first.is_within(second):
        return True
    return (
        _of_windows(one, other) or _of_events(one, other) or _of_consents(one, other) or _of_set(one, other)
    )


def excludes(one: plan.Predicate, other: plan.Predicate) -> bool:
    """Whether nobody ever fulfils both."""
    return implies(one, plan.complement(other)) or implies(other, plan.complement(one))


def covers(one: plan.Predicate, other: plan.Predicate) -> bool:
    """Whether everybody always fulfils at least one of them."""
    return implies(plan.complement(one), other) or implies(plan.complement(other), one)


def _of_windows(one: plan.Predicate, other: plan.Predicate) -> bool:
    first, second = _window_test(one), _window_test(other)
    if first is None or second is None:
        return False
    test, inside, unset = first
    weaker, weaker_inside, weaker_unset = second
    if test.term != weaker.term or (unset and not weaker_unset):
        return False
    match inside, weaker_inside:
        case True, True:
            return is_within(test.window, weaker.window)
        case True, False:
            return are_apart(test.window, weaker.window)
        case False, False:
            return is_within(weaker.window, test.window)
        case _:
            return False


def _window_test(predicate: plan.Predicate) -> tuple[plan.InWindow, bool, bool] | None:
    """A test of a date, whether it asks for dates inside the window, and whether it holds where none is set."""
    match predicate:
        case plan.InWindow(negated=negated):
            return predicate, not negated, False
        case plan.Not(plan.InWindow(negated=negated) as test):
            return test, negated, True
        case _:
            return None


def _of_events(one: plan.Predicate, other: plan.Predicate) -> bool:
    """At least 3 times in 30 days are at least once in 90."""
    match one, other:
        case plan.HasEvents(scan, low), plan.HasEvents(wider, least, None):
            return low >= least and _is_part(scan, wider)
        case _:
            return False


def _is_part(scan: plan.Scan, wider: plan.Scan) -> bool:
    return (
        set(scan.metrics) <= set(wider.metrics)
        and is_within(of_events(scan.window), of_events(wider.window))
        and (wider.where is None or (scan.where is not None and implies(scan.where, wider.where)))
    )


def _of_consents(one: plan.Predicate, other: plan.Predicate) -> bool:
    match one, other:
        case plan.HasConsent(), plan.HasConsent():
            same = (one.channel, one.kind) == (other.channel, other.kind)
            told = (other.method in (None, one.method)) and (other.detail in (None, one.detail))
            wanted = bool(one.statuses) and set(one.statuses) <= set(other.statuses)
            return same and told and wanted and is_within(one.window, other.window)
        case plan.HasConsent(), plan.Not(plan.HasConsent() as denied):
            same = (one.channel, one.kind) == (denied.channel, denied.kind)
            return same and one.statuses != denied.statuses and not set(one.statuses) & set(denied.statuses)
        case _:
            return False


def _of_set(one: plan.Predicate, other: plan.Predicate) -> bool:
    """A test of a value holds only where there is one."""
    match one, other:
        case (
            (plan.TextTest(term=term) | plan.InWindow(term=term) | plan.ListContains(term=term)),
            plan.IsSet(known),
        ):
            return term == known
        case plan.ListSize(term=term), plan.IsSet(known):
            return term == known
        case _:
            return False
