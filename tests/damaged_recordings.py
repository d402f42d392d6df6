"""Recordings that something happened to: each by name, with what is said about it."""

from dataclasses import dataclass
from pathlib import Path

RECORDINGS = Path(__file__).parent / "recordings"
WHOLE = (RECORDINGS / "queues.jsonl").read_bytes()
LINES = WHOLE.splitlines(keepends=True)
HEADER = b'{"workq_recording":1,"made_by":"WorkQ 0.1","queue":"task_queue","began":"2026-11-24T19:03:28Z"}\n'
NEWER = b'{"workq_recording":2,"made_by":"WorkQ 9.0","queue":"task_queue","colour":"green"}\n'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40
CONFIRMED = b'{"event":"TaskConfirmed","at_ns":%s,"task_id":"t-1"}\n'
MIDDLE = len(LINES) // 2


@dataclass(frozen=True)
class Damaged:
    """What a file holds, and what comes of it.

    Attributes:
        said: Is among what is said about it; empty if nothing is to be said.
        lost: How many of the whole recording's events are not read; negative if there are more.
    """

    data: bytes
    said: str
    lost: int = 0


def _between(line: bytes) -> bytes:
    """Return the whole recording with a line in its middle."""
    return HEADER + b"".join([*LINES[:MIDDLE], line, *LINES[MIDDLE:]])


def _later(event: bytes) -> bytes:
    return b"".join(LINES) + event


OPENED = {
    "whole": Damaged(HEADER + WHOLE, ""),
    "without a header, as of old": Damaged(WHOLE, ""),
    "with an editor's mark before it": Damaged(b"\xef\xbb\xbf" + HEADER + WHOLE, ""),
    "with another system's line ends": Damaged((HEADER + WHOLE).replace(b"\n", b"\r\n"), ""),
    "with empty lines": Damaged(_between(b"\n  \n\n"), ""),
    "without its last line's end": Damaged((HEADER + WHOLE).rstrip(), ""),
    "cut in the middle of a line": Damaged((HEADER + WHOLE)[:-20], "ends in the middle of a line", 1),
    "with zeros after a power cut": Damaged(HEADER + WHOLE + bytes(5_000), "ends in the middle of a line"),
    "cut in the middle of a character": Damaged(HEADER + WHOLE + b'{"event":"\xc3', "ends in the middle"),
    "with garbage in the middle": Damaged(_between(PNG.replace(b"\n", b"") + b"\n"), "1 line is damaged"),
    "with wrong UTF-8": Damaged(_between(CONFIRMED % b"1" + b'{"x":"\xff\xfe"}\n'), "1 line is damaged", -1),
    "with a line of another shape": Damaged(_between(b"[1,2]\nnull\n7\n"), "3 lines are damaged"),
    "with two halves of lines": Damaged(_between(b'{"a":[1\n2]}\n'), "2 lines are damaged"),
    "with a deep line": Damaged(_between(b"[" * 100_000 + b"\n"), "1 line is damaged"),
    "with a huge line": Damaged(_between(b"x" * 9_000_000 + b"\n"), "1 line is damaged"),
    "with a huge line at its end": Damaged(HEADER + WHOLE + b"x" * 9_000_000, "1 line is damaged"),
    "with a number of many digits": Damaged(_between(CONFIRMED % (b"9" * 9_000)), "1 line is damaged"),
    "with a damaged header": Damaged(b'{"workq_rec\n' + WHOLE, "1 line is damaged and left out: line 1."),
    "with a strange header": Damaged(b'{"workq_recording":"x","queue":7}\n' + WHOLE, ""),
    "of a newer version": Damaged(
        NEWER + WHOLE, "Made by a newer WorkQ (WorkQ 9.0): this version shows what"
    ),
    "with newer events": Damaged(
        NEWER + WHOLE + b'{"event":"TaskSang","at_ns":1}\n{"event":"TaskWept","at_ns":2}\n',
        "Made by a newer WorkQ (WorkQ 9.0): 2 events of kinds that this version does not know are left out.",
    ),
    "with a newer event and no header": Damaged(
        WHOLE + b'{"event":"TaskSang","at_ns":1}\n',
        "1 event of a kind that this version does not know is left out.",
    ),
    "with an unknown event and our own header": Damaged(
        HEADER + WHOLE + b'{"event":"TaskSang","at_ns":1}\n' * 2,
        "2 events of kinds that this version does not know are left out.",
    ),
    "with unknown fields and our own header": Damaged(
        HEADER + WHOLE.replace(b',"queue":', b',"colour":"red","queue":'),
        "Some events tell more than this version can show.",
    ),
    "with newer fields": Damaged(
        NEWER + WHOLE.replace(b',"queue":', b',"colour":"red","queue":'), "some events tell more than"
    ),
    "of a newer version without an event that is known": Damaged(
        NEWER + b'{"event":"TaskSang","at_ns":1}\n', "nothing can be shown", len(LINES)
    ),
    "without an event": Damaged(HEADER, "nothing can be shown", len(LINES)),
    "with an older recording behind it": Damaged(
        HEADER + WHOLE + HEADER + WHOLE, "A second recording follows"
    ),
    "with times that run backwards": Damaged(
        HEADER + WHOLE + CONFIRMED % b"99000000000" + CONFIRMED % b"5", "dated long before", -2
    ),
    "with one time that is far ahead": Damaged(
        _between(CONFIRMED % b"9000000000000000"), "1 event is dated more than an hour after", -1
    ),
    "with one time that is far ahead at its end": Damaged(
        HEADER + WHOLE + CONFIRMED % b"9000000000000000", "1 event is dated more than an hour after", -1
    ),
    **{
        f"with {words}": Damaged(_later(CONFIRMED % value), "1 line is damaged")
        for words, value in {
            "a time of none": b"NaN",
            "a time without an end": b"Infinity",
            "a time before its beginning": b"-1",
            "a time after the end of the world": b"9223372036854775807",
            "a time in words": b'"noon"',
            "a time in parts": b"1.5",
            "a time that is true": b"true",
        }.items()
    },
    "with a text that is a number": Damaged(
        _later(b'{"event":"TaskConfirmed","at_ns":1,"task_id":7}\n'), "1 line is damaged"
    ),
    "with an event that lacks a field": Damaged(
        _later(b'{"event":"TaskConfirmed","at_ns":1}\n'), "1 line is damaged"
    ),
    "with an event of no kind": Damaged(_later(b'{"event":[],"at_ns":1}\n'), "1 line is damaged"),
    "with work without an end": Damaged(
        _later(b'{"event":"PaceChanged","at_ns":1,"dot_s":1e999}\n'), "1 line is damaged"
    ),
}
REFUSED = {
    "empty": Damaged(b"", "is empty: nothing was recorded"),
    "a picture": Damaged(PNG, "is not a recording of WorkQ"),
    "a text": Damaged(b"Dear diary,\n\ntoday I queued.\n", "is not a recording of WorkQ"),
    "a scenario": Damaged(b'title = "Nothing"\n[[step]]\nwait_s = 1\n', "is not a recording of WorkQ"),
    "another program's log": Damaged(b'{"event":"login","user":"x"}\n' * 9, "is not a recording of WorkQ"),
    "JSON of another kind": Damaged(b'{"name":"workq","version":1}\n', "is not a recording of WorkQ"),
    "a line without an end": Damaged(b"x" * 9_000_000, "is not a recording of WorkQ"),
    "zeros": Damaged(bytes(2_000_000), "is not a recording of WorkQ"),
    "cut in the first line": Damaged(HEADER[:20], "is not a recording of WorkQ"),
    "in another code": Damaged((HEADER + WHOLE).decode().encode("utf-16"), "is not a recording of WorkQ"),
}
