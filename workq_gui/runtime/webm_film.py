"""Writes a film as WebM: frames go through a pipe to the ffmpeg that is installed, if one is."""

from PySide6.QtCore import QProcess, QStandardPaths

from workq_gui.core.export_wish import ExportError

PROGRAM = "ffmpeg"
MISSING = (
    "A WebM film is made by ffmpeg, and there is none on this computer. "
    "Install it (Debian: apt install ffmpeg; macOS: brew install ffmpeg), or choose a GIF."
)
MOST_FRAMES_IN_PIPE = 4
QUALITY = "22"
"""ffmpeg's -crf for VP9: 0 is the best, 63 the worst; words stay sharp at this."""
LAST_WORDS = 300
STARTS_MS = 10_000


def find_ffmpeg() -> str:
    """Return the path of ffmpeg; empty if there is none."""
    return QStandardPaths.findExecutable(PROGRAM)


class WebmFilm:
    """Writes frames of one size. Belongs to the thread that it is made in.

    Args:
        path: The file to write.
        size: Width and height in pixels.
        frame_ms: How long each frame is seen.

    Raises:
        ExportError: there is no ffmpeg, or it does not start.
    """

    def __init__(self, path: str, size: tuple[int, int], frame_ms: int) -> None:
        program = find_ffmpeg()
        if not program:
            raise ExportError(MISSING)
        self._frame_bytes = 3 * size[0] * size[1]
        self._process = QProcess()
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.start(program, _words(path, size, frame_ms))
        if not self._process.waitForStarted(STARTS_MS):
            raise ExportError(f"{program} does not start: {self._process.errorString()}.")

    @property
    def is_ready(self) -> bool:
        """Whether it takes a frame now; else ffmpeg is busy with those before.

        Raises:
            ExportError: ffmpeg has ended.
        """
        self._process.waitForBytesWritten(1)
        if self._process.state() == QProcess.ProcessState.NotRunning:
            raise ExportError(self._reason())
        return self._process.bytesToWrite() < MOST_FRAMES_IN_PIPE * self._frame_bytes

    def add(self, rgb: bytes) -> None:
        """Take the next frame: RGB, 8 bits each, row by row from the upper left."""
        self._process.write(rgb)

    def end(self) -> None:
        """Tell ffmpeg that no frame follows; it writes what is left."""
        self._process.closeWriteChannel()

    @property
    def is_done(self) -> bool:
        """Whether the film is complete, after its end.

        Raises:
            ExportError: ffmpeg failed; in its words.
        """
        self._process.waitForFinished(1)
        if self._process.state() != QProcess.ProcessState.NotRunning:
            return False
        if self._process.exitCode() or self._process.exitStatus() == QProcess.ExitStatus.CrashExit:
            raise ExportError(self._reason())
        return True

    def abandon(self) -> None:
        """Give the film up: ffmpeg is ended, if it runs."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished()

    def _reason(self) -> str:
        words = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        said = words[-LAST_WORDS:] or self._process.errorString()
        return f"ffmpeg could not make the film. It says: {said}"


def _words(path: str, size: tuple[int, int], frame_ms: int) -> list[str]:
    return [
        *("-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"),
        *("-framerate", f"1000/{frame_ms}", "-i", "pipe:0"),
        *("-c:v", "libvpx-vp9", "-crf", QUALITY, "-b:v", "0", "-deadline", "good", "-cpu-used", "5"),
        *("-row-mt", "1", "-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"),
        *("-f", "webm", path),
    ]
