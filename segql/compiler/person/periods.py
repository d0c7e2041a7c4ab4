"""What the history of a person says: consent, lists, segments, values of attributes, messages that wait."""

from segql.compiler.ast.voice import Voice
from segql.compiler.person import comparisons, words
from segql.compiler.person.findings import Finding
from segql.compiler.person.record import Consent, Period, Stay, Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import floor_second
from segql.compiler.text import fold, listing, quoted

History = plan.HasConsent | plan.InList | plan.Moved | plan.HasBeen | plan.Scheduled
_CHANNELS = {"sms": "SMS", "email": "e-mail", "push": "push"}
# So many of the newest entries are told.
_TOLD = 2


def of_history(node: History, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    """What was found in the history, and what it lacks."""
    person, now = subject.person, subject.moment.latest_second
    match node:
        case plan.HasConsent():
            return _consent(node, subject, voice, wanted=wanted)
        case plan.InList(name):
            stays = [stay for stay in person.lists if stay.name == fold(name) and stay.period.from_at <= now]
            missing = f"to be {'on' if wanted else 'off'} the list {quoted(name)}"
            return Finding((_stays(stays, f"the list {quoted(name)}", subject, voice),), missing)
        case plan.Moved(group, name, way, window):
            of = person.lists if group == "list" else person.segments
            stays = [stay for stay in of if stay.name == fold(name) and stay.period.from_at <= now]
            said = "to have" if wanted else "not to have"
            moved = (
                f"{'come into' if way == 'in' else 'left'} the {group} {quoted(name)}{voice.dates(window)}"
            )
            return Finding((_stays(stays, f"the {group} {quoted(name)}", subject, voice),), f"{said} {moved}")
        case plan.HasBeen():
            return _has_been(node, subject, voice, wanted=wanted)
        case plan.Scheduled(campaign):
            waiting = sum(one.campaign == fold(campaign) and one.queued_at <= now for one in person.messages)
            found = "a message of it was queued" if waiting else "no message of it was queued"
            return Finding((found,), f"{'a' if wanted else 'no'} message that waits")


def _consent(node: plan.HasConsent, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    now = subject.moment.latest_second
    entries = [
        one
        for one in subject.person.consents
        if (one.channel, one.kind) == (node.channel, node.kind) and one.period.from_at <= now
    ]
    about = f"{_CHANNELS[node.channel]} {node.kind}"
    told = ", then ".join(_entry(one, voice) for one in entries[-_TOLD:])
    found = (f"{about}: {told or 'nothing was ever recorded'}",)
    if not node.statuses:
        return Finding(found, f"{'no' if wanted else 'an'} entry for {about}")
    status = listing(node.statuses)
    current = next((one for one in entries if one.period.holds(now)), None)
    if wanted and current is not None and current.status in node.statuses:
        place = comparisons.place_in_window(current.period.from_at, node.window, subject.moment)
        if place:
            side = "early" if place > 0 else "late"
            return Finding(found, f"{status} since a time{voice.dates(node.window)}, this one is too {side}")
        return Finding(found, f"{status} in the way that is asked for")
    return Finding(found, f"{about} {'' if wanted else 'not '}{status}")


def _entry(one: Consent, voice: Voice) -> str:
    how = ", ".join(part for part in (one.method, one.detail and quoted(one.detail)) if part)
    return f"{one.status} {voice.instant(one.period.from_at)}" + (f" ({how})" if how else "")


def _stays(stays: list[Stay], group: str, subject: Subject, voice: Voice) -> str:
    """The newest periods in a group, in the order of time."""
    if not stays:
        return f"never in {group}"
    told = sorted(stays, key=lambda stay: stay.period.from_at)[-_TOLD:]
    return f"in {group} " + ", and ".join(_during(stay.period, subject, voice) for stay in told)


def _during(period: Period, subject: Subject, voice: Voice) -> str:
    if period.until_at > subject.moment.latest_second:
        return f"since {voice.instant(period.from_at)}"
    return f"from {voice.instant(period.from_at)} until {voice.instant(period.until_at)}"


def _has_been(node: plan.HasBeen, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    now, name = subject.moment.latest_second, node.attribute.name
    current = next(
        (stay for stay in subject.person.history if stay.name == fold(name) and stay.period.holds(now)), None
    )
    if current is None:
        return Finding((f"{name} is not set, as far as its history goes",), f"{name} set")
    found = (f"{name} is {quoted(current.value)} since {voice.instant(current.period.from_at)}",)
    if fold(current.value) != node.value:
        return Finding(found, f"{name} that is {quoted(node.value)}")
    if not wanted:
        return Finding(found, f"{name} that is another, or has been so for less")
    boundary = floor_second(subject.moment.elsewhere(node.zone).resolve(node.since))
    return Finding(found, f"{words.length((current.period.from_at - boundary).total_seconds())} longer")
