"""What a user can do wrong with a store or an import: one error, with stable codes."""

from enum import StrEnum


class Code(StrEnum):
    """The stable codes of `StoreError`. The value never changes its meaning."""

    ABSENT = "S001"
    """There is no store at the path."""
    HELD = "S002"
    """Another process holds the store."""
    NOT_A_STORE = "S003"
    """The file is not a segql store."""
    UNWRITABLE = "S004"
    """The path cannot be read or written."""
    NEWER = "S005"
    """A newer segql, or a changed one, made the store."""
    CLOSED = "S006"
    """The store was closed."""
    BAD_NAME = "S007"
    """A name of an attribute, an event or a list cannot be used."""
    BAD_COLUMN = "S008"
    """A column of a table is missing, is there twice, or has a type that cannot be stored."""
    EVENT_CHANGED = "S009"
    """An event's amount or label differs from what was fixed when the event was first seen."""
    BAD_FILE = "S010"
    """A file cannot be read, or is not what its name says."""
    BAD_MAP = "S011"
    """A map does not fit its model or the file."""
    DISK_FULL = "S012"
    """There was no room on the disk to go on."""
    DAMAGED = "S013"
    """The store's file is damaged."""
    OUT_OF_MEMORY = "S014"
    """There was not enough memory to go on."""
    ENGINE_STOPPED = "S015"
    """The engine found a fault of its own and stopped: the store must be opened again."""
    BAD_PLACE = "S016"
    """A place has no name, or lies nowhere on earth."""
    UNKNOWN_PERSON = "S017"
    """Nobody has that external id, e-mail address or phone number."""
    SEVERAL_PEOPLE = "S018"
    """Several people have that e-mail address or phone number."""
    SAME_PERSON = "S019"
    """Two that were to be merged are one person already."""
    FILE_EXISTS = "S020"
    """There is a file where a backup, or a store from a backup, was to be made."""
    NO_FILE = "S021"
    """The store is in memory, and has no file to back up."""
    UNKNOWN_SEGMENT = "S030"
    """There is no stored segment of that name."""
    REFRESHED_LATER = "S031"
    """Memberships were refreshed as of a later instant."""
    SEGMENT_IN_USE = "S032"
    """A segment that is to be removed is used by one that stays."""
    SEGMENT_CHANGED = "S033"
    """A segment is not the version any more that it was changed from."""
    UNKNOWN_VERSION = "S034"
    """A segment has no version of that number."""
    UNREACHABLE = "S040"
    """A server does not answer, or something else than segql does."""
    NEEDS_FILE = "S041"
    """A command works on the store's file, and was given a server."""
    SERVERS_WORD = "S042"
    """When something happens at a server, and who does it, is for the server to say."""


class StoreError(Exception):
    """A failure that a user caused and can mend. `str()` is the message followed by the remedy."""

    def __init__(self, code: Code, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code.value
        self.message = message
        self.remedy = remedy
