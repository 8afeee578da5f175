"""What waits for workers, and what they have given up."""

from rich.table import Table
from rich.text import Text

from api.admin.answers import QueueList, ReplayedLetters


def table(told: QueueList) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Queue", "Waiting", "Oldest", "Delayed", "Under way", "Dead letters"):
        shown.add_column(heading)
    for one in told.data:
        shown.add_row(
            one.queue,
            f"{one.waiting:,}",
            "-" if one.oldest_seconds is None else f"{one.oldest_seconds:,.0f} s",
            f"{one.delayed:,}",
            "-" if one.under_way is None else f"{one.under_way:,}",
            Text(f"{one.dead:,}", "red" if one.dead else ""),
        )
    return shown


def letters(told: QueueList) -> list[str]:
    """The last dead letters of each queue: what, when, how often, why."""
    lines = []
    for queue in told.data:
        for one in queue.dead_letters:
            when = f"{one.died_at or one.asked_at:%Y-%m-%d %H:%M}"
            lines.append(f"{queue.queue} {one.id} {one.kind}, {when}, {one.attempts} attempts: {one.why or 'unknown'}")
    return lines


def replayed(told: ReplayedLetters) -> list[str]:
    lines = [f"On {told.queue} once more: {len(told.replayed):,}."]
    return [*lines, f"No dead letters: {', '.join(told.missing)}."] if told.missing else lines
