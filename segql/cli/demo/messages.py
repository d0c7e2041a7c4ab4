"""What the shop wrote to its people, and what they did with it."""

from dataclasses import dataclass

import numpy as np

from segql.cli.demo.columns import DAY, HOUR, Real, Text, Truth, Whole, texts
from segql.cli.demo.consent import Subscription
from segql.cli.demo.geography import METROS
from segql.cli.demo.history import History
from segql.cli.demo.people import People
from segql.cli.demo.rhythm import Rhythm

SMS_COUNTRIES = ("US", "CA", "GB")
_THEMES = ("New arrivals", "Flash sale", "Back in stock", "Staff picks", "Events near you", "Product launch")
_QUESTIONS = (
    "Do you have the hiking boots in size 9?", "When will my order arrive?", "Is the wool coat coming back?",
    "Can I swap the size of my order?", "Are you open on Sunday?", "Love the new jacket, thank you!",
    "Does the gift card work in the Cambridge store?",
)  # fmt: skip


@dataclass(frozen=True)
class Messages:
    """Messages a row each: to whom, when, and of which campaign or flow."""

    who: Whole
    at: Whole
    campaign: Text

    def where(self, rows: Truth | Whole, delay: Whole | int = 0) -> "Messages":
        """Some of them, later by so many seconds."""
        return Messages(self.who[rows], self.at[rows] + delay, self.campaign[rows])


def write_emails(
    generator: np.random.Generator, people: People, subscription: Subscription,
    rhythm: Rhythm, history: History,
) -> Messages:  # fmt: skip
    """Send a campaign every Tuesday and Saturday and a welcome; returns the clicks."""
    reach = np.clip(0.16 * people.zeal**0.8, 0.03, 0.9)
    sent = _campaigns(generator, subscription, reach, [(10, 1), (9, 5)], rhythm)
    read = generator.random(len(sent.who)) < people.reader[sent.who]
    opened = sent.where(read, _delay(generator, int(read.sum()), 2 * HOUR))
    follows = generator.random(len(opened.who)) < 0.1 + 0.15 * people.thrift[opened.who]
    clicked = opened.where(follows, _delay(generator, int(follows.sum()), 60))
    for event, messages in (("Received Email", sent), ("Opened Email", opened), ("Clicked Email", clicked)):
        history.add(event, messages.who, messages.at, {"Campaign": messages.campaign}, label="Campaign")
    return clicked


def write_texts(
    generator: np.random.Generator, people: People, subscription: Subscription,
    rhythm: Rhythm, history: History,
) -> Messages:  # fmt: skip
    """Text campaigns on Mondays and Thursdays and a welcome, where the shop may text; returns the clicks."""
    served = np.array([metro.country in SMS_COUNTRIES for metro in METROS])[people.metro]
    reach = np.where(served, np.clip(0.07 * people.zeal**0.7 + 0.55 * people.texter, 0.03, 0.9), 0)
    sent = _campaigns(generator, subscription, reach, [(12, 3), (13, 0)], rhythm)
    sent = sent.where(served[sent.who])
    lost = generator.random(len(sent.who)) < 0.02
    failed, received = sent.where(lost, 30), sent.where(~lost, generator.integers(2, 40, int((~lost).sum())))
    follows = generator.random(len(received.who)) < people.texter[received.who]
    clicked = received.where(follows, _delay(generator, int(follows.sum()), 600))
    parts = 1 + (generator.random(len(received.who)) < 0.15)
    reasons = texts(["Device unreachable", "Blocked by carrier"])[generator.integers(0, 2, len(failed.who))]
    for event, messages, more in (
        ("Received SMS", received, {"Parts": parts}),
        ("Failed to Deliver SMS", failed, {"Reason": reasons}),
        ("Clicked SMS", clicked, {}),
    ):
        history.add(
            event, messages.who, messages.at, {"Campaign": messages.campaign, **more}, label="Campaign"
        )
    return clicked


def subscriptions_as_events(history: History, sms: Subscription, email: Subscription) -> None:
    """The events that go with the consent log's marketing entries."""
    for channel, subscription in (("SMS", sms), ("Email", email)):
        joined, left = subscription.began, subscription.ended
        method = {"Method": subscription.method[joined]}
        history.add(
            f"Subscribed to {channel} Marketing", joined, subscription.since[joined], method, label="Method"
        )
        history.add(f"Unsubscribed from {channel} Marketing", left, subscription.until[left])


def questions(generator: np.random.Generator, people: People, rhythm: Rhythm, history: History) -> None:
    """Texts from customers, subscribed or not."""
    curious = np.flatnonzero(people.owns_phone & (generator.random(len(people)) < 0.04))
    who = np.repeat(curious, generator.integers(1, 4, len(curious)))
    at = _any_time_since(generator, people, who, rhythm)
    text = texts(_QUESTIONS)[generator.integers(0, len(_QUESTIONS), len(who))]
    history.add("Texted Us", who, at, {"Text": text})


def _campaigns(
    generator: np.random.Generator, subscription: Subscription, reach: Real,
    strikes: list[tuple[int, int]], rhythm: Rhythm,
) -> Messages:  # fmt: skip
    """Campaigns at those hours and weekdays to some of the subscribers each, and a welcome to every new one.

    The last two days have no campaign, so that nobody is out of reach of the next one for having had one."""
    times = np.sort(np.concatenate([rhythm.local_times(hour, weekday) for hour, weekday in strikes]))
    times = times[times < rhythm.until - 2 * DAY]
    who, at, names = [subscription.began], [subscription.since[subscription.began] + 60], ["Welcome"]
    for number, time in enumerate(times.tolist()):
        audience = np.flatnonzero(subscription.holds(time) & (generator.random(len(reach)) < reach))
        day = np.datetime64(time, "s").astype("datetime64[D]")
        who.append(audience)
        at.append(np.full(len(audience), time))
        names.append(f"{_THEMES[number % len(_THEMES)]} {day}")
    campaign = np.repeat(texts(names), [len(audience) for audience in who])
    return Messages(np.concatenate(who), np.concatenate(at), campaign)


def _delay(generator: np.random.Generator, count: int, median: int) -> Whole:
    """Seconds until somebody reacts: mostly soon, sometimes much later."""
    return (median * generator.lognormal(0, 1.2, count)).astype(np.int64) + 1


def _any_time_since(generator: np.random.Generator, people: People, who: Whole, rhythm: Rhythm) -> Whole:
    begins = rhythm.pulse(people.created[who])
    at = rhythm.wall(begins + (rhythm.length - begins) * generator.random(len(who))) + people.lag[who]
    later: Whole = np.maximum(at, people.created[who] + 60)
    return later
