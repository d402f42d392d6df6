"""Writes a film as GIF, one frame at a time: Pillow's own `save` keeps all frames until the last."""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

COLOURS = 256
SAME = 255
"""The index that means: as in the frame before."""
KEEP = 1
"""What becomes of a frame when the next comes (GIF89a, disposal method): it stays below."""
LONGEST_MS = 655_350
TRAILER = b";"


class GifFilm:
    """Writes frames of one size with one palette; only what has changed. Belongs to one thread.

    Args:
        out: Where to write; it is not closed.
        size: Width and height in pixels.
        palette: Up to 255 colours, of which each pixel gets the nearest: no dithering, so that what stands
            still is still in the file.
        frame_ms: How long each frame is seen, a multiple of 10.
    """

    def __init__(
        self, out: BinaryIO, size: tuple[int, int], palette: Sequence[tuple[int, int, int]], frame_ms: int
    ) -> None:
        from PIL import Image

        self._out, self._size, self._frame_ms = out, size, frame_ms
        flat = [part for colour in palette for part in colour]
        # Pixels of the last index would be taken for unchanged: no colour of a frame may be nearest to it.
        self._colours = flat + flat[:3] * (COLOURS - len(palette))
        self._palette = Image.new("P", (1, 1))
        self._palette.putpalette(self._colours)
        self._before: Image.Image | None = None
        self._waiting: tuple[Image.Image, tuple[int, int]] | None = None
        self._waits_ms = 0

    @property
    def is_ready(self) -> bool:
        """Whether it takes a frame now."""
        return True

    def add(self, rgb: bytes) -> None:
        """Take the next frame: RGB, 8 bits each, row by row from the upper left."""
        from PIL import Image, ImageChops

        frame = Image.frombytes("RGB", self._size, rgb)
        indexed = frame.quantize(palette=self._palette, dither=Image.Dither.NONE)
        # As grey values, the indexes can be compared.
        values = Image.frombytes("L", self._size, indexed.tobytes()).point(_FREE_OF_SAME)
        if self._before is None:
            self._begin()
            self._wait_with(values, (0, 0))
        else:
            change = ImageChops.difference(values, self._before)
            box = change.getbbox()
            if box is None:
                self._waits_ms += self._frame_ms
                return
            unchanged = change.point(_IS_ZERO)
            part = values.copy()
            part.paste(SAME, mask=unchanged)
            self._wait_with(part.crop(box), box[:2])
        self._before = values

    def end(self) -> None:
        """Write what is left: no frame follows."""
        self._write_waiting()
        self._out.write(TRAILER)

    @property
    def is_done(self) -> bool:
        """Whether the film is complete, after its end."""
        return True

    def abandon(self) -> None:
        """Give the film up."""
        self._before = self._waiting = None

    def _begin(self) -> None:
        width, height = self._size
        self._out.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0))
        self._out.write(bytes(self._colours))
        self._out.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")  # again and again

    def _wait_with(self, part: "Image.Image", offset: tuple[int, int]) -> None:
        """Keep a frame back until it is known how long it is seen: equal ones follow as no frames."""
        self._write_waiting()
        self._waiting, self._waits_ms = (part, offset), self._frame_ms

    def _write_waiting(self) -> None:
        from PIL import GifImagePlugin

        if self._waiting is None:
            return
        part, offset = self._waiting
        for block in GifImagePlugin.getdata(
            part, offset, duration=min(self._waits_ms, LONGEST_MS), disposal=KEEP, transparency=SAME
        ):
            self._out.write(block)
        self._waiting = None


_FREE_OF_SAME = [*range(SAME), 0]
_IS_ZERO = [255] + [0] * 255
