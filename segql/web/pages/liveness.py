"""Whether what a page shows of a campaign changes by the second."""

from segql.sms.drafts import Written
from segql.sms.lifecycle import Progress
from segql.web.desk import Desk


def moves(desk: Desk, written: Written, progress: Progress) -> bool:
    """Whether a campaign changes by the second: texts leave, or receipts come in."""
    now = desk.clock()
    waiting = progress.states["held"] + progress.states["queued"]
    away = progress.states["sending"] + progress.states["sent"]
    soon = progress.next_at is None or (progress.next_at - now).total_seconds() < 60
    due = progress.status == "scheduled" and (progress.starts_at - now).total_seconds() < 60
    recent = (now - written.at).total_seconds() < 3600
    return due or (progress.status == "running" and waiting > 0 and soon) or (away > 0 and recent)
