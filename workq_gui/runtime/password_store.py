"""The passwords of brokers in the system's keyring, for users who want them kept."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from workq_gui.core.settings import Endpoint

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "WorkQ"
LEAST_PRIORITY = 1.0
"""The keyring library's own word for "recommended"; below are no keyring at all, and files in plain text."""
NO_KEYRING = "This system has no keyring: the password is asked for each time."
FAILED = "The system's keyring refused: {}. The password is asked for each time."
R = TypeVar("R")


class KeyringRefused(Exception):
    """The system's keyring did not do it; the message is a sentence that says why."""


class PasswordStore:
    """Keeps, finds and forgets passwords. Belongs to the GUI thread; its coroutines run on qasync's loop.

    A keyring may ask its user something, and take as long as he does. So each call has a thread, which no
    end of the program waits for.
    """

    def __init__(self, refusal: str = "") -> None:
        """Use the system's keyring, or none at all because of `refusal`."""
        self._refusal = refusal

    async def refusal(self) -> str:
        """Return why no password can be kept; empty if it can."""
        if self._refusal:
            return self._refusal
        try:
            return await _in_thread(_look)
        except KeyringRefused as error:
            return str(error)

    async def find(self, endpoint: Endpoint) -> str | None:
        """Return the password that is kept for the user of `endpoint` there, or None.

        Raises:
            KeyringRefused: it is locked, or broken.
        """
        if await self.refusal():
            return None
        return await _in_thread(lambda: _keyring().get_password(SERVICE, user_at(endpoint)))

    async def keep(self, endpoint: Endpoint) -> None:
        """Keep the password of `endpoint`.

        Raises:
            KeyringRefused: there is no keyring, or it is locked, or broken.
        """
        if refusal := await self.refusal():
            raise KeyringRefused(refusal)
        await _in_thread(lambda: _keyring().set_password(SERVICE, user_at(endpoint), endpoint.password))

    async def forget(self, endpoint: Endpoint) -> None:
        """Keep no password for the user of `endpoint` there any more; harmless if there is none.

        Raises:
            KeyringRefused: it is locked, or broken.
        """
        if await self.find(endpoint) is not None:
            await _in_thread(lambda: _keyring().delete_password(SERVICE, user_at(endpoint)))


def user_at(endpoint: Endpoint) -> str:
    """Return the name under which a password is kept: user, host, port and virtual host."""
    return f"{endpoint.user}@{endpoint.host}:{endpoint.port}/{endpoint.vhost}"


def _keyring() -> "KeyringBackend":
    # Not at the program's start: it looks for all that a system may have.
    import keyring

    return keyring.get_keyring()


def _look() -> str:
    return "" if _keyring().priority >= LEAST_PRIORITY else NO_KEYRING


async def _in_thread(call: Callable[[], R]) -> R:
    """Return what `call` returns, from a thread of its own.

    Raises:
        KeyringRefused: `call` raised something; a keyring's backends raise what they like.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[R] = loop.create_future()

    def settle(result: R | None, error: KeyringRefused | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type] # None is what it returned

    def run() -> None:
        result, refused = None, None
        try:
            result = call()
        except Exception as error:
            refused = KeyringRefused(FAILED.format(str(error).rstrip(".") or type(error).__name__))
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(settle, result, refused)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await answer
