"""What a user of the SMS module can do wrong: one error type, and the table of its codes."""

from enum import StrEnum


class SmsCode(StrEnum):
    """The stable codes of `SmsError`."""

    NOT_SET_UP = "M001"  # SMS is off until an owner or admin sets it up
    NOT_PERMITTED = "M002"  # the role may not do this
    INVALID_SETTING = "M003"  # a setting's value does not fit
    UNPRICED_COUNTRY = "M004"  # a country with no price in prices.csv
    INVALID_CREDITS = "M005"  # credits must be a positive whole number
    INVALID_INSTANT = "M006"  # an instant without a time zone, or time going backwards
    INVALID_CAMPAIGN = "M007"  # no name, no audience or no text
    INVALID_TEXT = "M008"  # the text of a campaign cannot be read as a template
    UNKNOWN_VARIABLE = "M009"  # the text names an attribute that does not exist
    MISSING_VALUE = "M010"  # the text needs a value that somebody does not have
    CAMPAIGN_EXISTS = "M011"  # another campaign already has the name
    UNKNOWN_CAMPAIGN = "M012"  # no campaign of that name was sent
    UNKNOWN_LINK = "M014"  # no link has that code
    NO_REVIEW = "M015"  # no text of that number waits for a decision
    CAMPAIGN_RESTS = "M016"  # the campaign or flow is paused, stopped or cancelled, and cannot do this
    UNKNOWN_POOL = "M017"  # no pool of coupon codes has that name
    INVALID_POOL = "M018"  # a pool of codes without a name
    INVALID_FLOW = "M019"  # a flow that nothing or too much sets off, or with a length of time below zero
    DRAFT_CHANGED = "M020"  # somebody else has changed the draft since it was looked at
    # Numbers, keywords, consent, conversations: from M030 on.
    INVALID_NUMBER = "M030"  # a sending number that does not fit its kind, or serves no country
    UNKNOWN_REQUEST = "M031"  # no request of that number is pending
    INVALID_KEYWORD = "M032"  # a custom keyword that cannot be one
    UNKNOWN_KEYWORD = "M033"  # no custom keyword of that word
    CANNOT_CONFIRM = "M034"  # a double opt-in needs a number that can receive the answer
    NO_CONVERSATION = "M035"  # the number has not texted: conversations are opened by customers
    NO_CONSENT = "M036"  # the number has not consented to marketing texts, and cannot be answered
    BLOCKED = "M037"  # the number is blocked
    NEWER_TEXT = "M038"  # a text has come that the writer of the reply has not seen
    AT_NIGHT = "M039"  # it is night where the person is
    EMPTY_REPLY = "M040"  # a reply says nothing
    INVALID_CONSENT = "M041"  # a consent without a method or an address, or one that lies in the future
    INVALID_PICTURE = "M042"  # no picture that phones show, or too large
    UNKNOWN_PICTURE = "M043"  # no picture has that key
    NO_PHONE = "M044"  # the simulated phone is there with the simulated carrier only


class SmsError(Exception):
    """A user's mistake. `message` says what is wrong and where, `remedy` what to do about it."""

    def __init__(self, code: SmsCode, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy
