"""Passwords in a keyring: a real one of the keyring library, in memory."""

import asyncio
import subprocess
import sys
import threading

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from workq_gui.core.settings import from_url
from workq_gui.runtime.password_store import SERVICE, KeyringRefused, PasswordStore

TEACHER = from_url("amqp://teacher:s3cret@broker.school:5673/class")


class InMemory(KeyringBackend):
    """Keeps what it is given, and who asked."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.threads: set[str] = set()
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._note()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._note()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._note()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _note(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.is_locked:
            raise KeyringLocked("Failed to unlock the collection!")


class PlainText(InMemory):
    """As one that writes a file that everybody can read."""

    priority = 0.5


@pytest.fixture
def use():
    """Let the system have another keyring."""
    before = keyring.get_keyring()

    def use_one(backend: KeyringBackend):
        keyring.set_keyring(backend)
        return backend

    yield use_one
    keyring.set_keyring(before)


def test_what_is_kept_is_found_again_under_user_host_port_and_virtual_host(use):
    backend = use(InMemory())

    async def scene():
        assert await PasswordStore().refusal() == ""
        await PasswordStore().keep(TEACHER)
        assert await PasswordStore().find(from_url("amqp://teacher@broker.school:5673/class")) == "s3cret"
        for other in ("amqp://teacher@broker.school:5673", "amqp://pupil@broker.school:5673/class"):
            assert await PasswordStore().find(from_url(other)) is None

    asyncio.run(scene())
    assert backend.kept == {(SERVICE, "teacher@broker.school:5673/class"): "s3cret"}


def test_what_is_forgotten_is_gone_and_may_be_forgotten_twice(use):
    backend = use(InMemory())

    async def scene():
        await PasswordStore().keep(TEACHER)
        for _ in range(2):
            await PasswordStore().forget(TEACHER)

    asyncio.run(scene())
    assert backend.kept == {}


def test_a_keyring_is_never_asked_in_the_thread_of_the_window(use):
    backend = use(InMemory())

    async def scene():
        await PasswordStore().keep(TEACHER)
        await PasswordStore().find(TEACHER)
        await PasswordStore().forget(TEACHER)

    asyncio.run(scene())
    assert backend.threads == {"keyring"}


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, PlainText])
def test_where_there_is_no_safe_keyring_nothing_is_kept_and_it_says_why(use, backend):
    use(backend())

    async def scene():
        assert await PasswordStore().refusal() == (
            "This system has no keyring: the password is asked for each time."
        )
        assert await PasswordStore().find(TEACHER) is None
        await PasswordStore().forget(TEACHER)
        with pytest.raises(KeyringRefused, match="no keyring"):
            await PasswordStore().keep(TEACHER)

    asyncio.run(scene())


def test_a_keyring_that_is_locked_is_told_of_in_its_own_words(use):
    use(InMemory()).is_locked = True

    async def scene():
        for call in (PasswordStore().find, PasswordStore().keep, PasswordStore().forget):
            with pytest.raises(KeyringRefused, match="Failed to unlock the collection!") as refused:
                await call(TEACHER)
            assert "s3cret" not in str(refused.value)

    asyncio.run(scene())


def test_one_that_is_not_to_look_asks_no_keyring(use):
    backend = use(InMemory())

    async def scene():
        store = PasswordStore("Not in this run.")
        assert await store.refusal() == "Not in this run."
        assert await store.find(TEACHER) is None
        with pytest.raises(KeyringRefused, match="Not in this run"):
            await store.keep(TEACHER)

    asyncio.run(scene())
    assert backend.threads == set()


def test_who_waits_no_more_is_not_answered(use):
    backend = use(InMemory())
    may_go_on = threading.Event()

    async def scene():
        loop, is_asked = asyncio.get_running_loop(), asyncio.Event()

        def ask(*_: str) -> None:  # as one that asks its user, who takes his time
            loop.call_soon_threadsafe(is_asked.set)
            may_go_on.wait(10)

        backend.get_password = ask
        asking = asyncio.create_task(PasswordStore().find(TEACHER))
        await is_asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(scene())
    may_go_on.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


def test_the_keyring_library_is_not_loaded_with_the_program():
    script = "import sys, workq_gui.app; print('keyring' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
