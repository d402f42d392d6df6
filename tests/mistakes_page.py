"""Makes docs/errors.md from the program's own words: `python -m tests.mistakes_page`."""

from pathlib import Path

from workq_gui.core.channel_mistakes import CHANNEL_MISTAKES
from workq_gui.core.connection_mistakes import CONNECTION_MISTAKES
from workq_gui.core.mistake import Mistake

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"

HEAD = """# Errors, and what they mean

What a broker, pika or the system says when something is wrong in a producer or a worker; what that means; the
line of Python that does it; the way out. WorkQ says the same where such an error is shown: press **?** on a
worker's card, or “What does that mean?” in a box. Numbers and names are examples.

This page is made from the program (`python -m tests.mistakes_page`). What a broker here can be made to say is
provoked with pika by `tests/integration/test_mistakes*.py`, on the built-in broker and on RabbitMQ 3.10.8.
"""


def page() -> str:
    """Return the page."""
    return "\n".join(
        [
            HEAD,
            "## The channel is closed, or a message does not go its way",
            "",
            *table(CHANNEL_MISTAKES),
            "",
            "## The connection is closed, or is not made",
            "",
            *table(CONNECTION_MISTAKES),
            "",
        ]
    )


def table(mistakes: tuple[Mistake, ...]) -> list[str]:
    rows = ["| error | what it means | the line of pika | the way out |", "|---|---|---|---|"]
    for mistake in mistakes:
        told = mistake.told_of(mistake.example)
        assert told is not None
        rows.append(
            f"| **{told.name}**<br>{code(told.example)} | {text(told.what)} {text(told.meaning)} "
            f"| {code(told.pika_line)} | {text(told.way_out)} |"
        )
    return rows


def text(words: str) -> str:
    return words.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")


def code(words: str) -> str:
    ticks = "``" if "`" in words else "`"
    return f"{ticks}{' '.join(words.split()).replace('|', chr(92) + '|')}{ticks}"


if __name__ == "__main__":
    PAGE.write_text(page())
