"""Which broker is used: looked at first, and asked about where that is due."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace

from workq_gui.command_line import BUILT_IN, Options
from workq_gui.core.problems import BrokerReport, Problem
from workq_gui.core.queue_settings import QUORUM, QueueSettings
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint, from_url
from workq_gui.messaging import doctor
from workq_gui.messaging.errors import LoginRefused, MessagingError, QueueRefused
from workq_gui.messaging.queue_conflict import QueueMismatched
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.own_cluster import OwnCluster
from workq_gui.runtime.password_store import KeyringRefused, PasswordStore
from workq_gui.runtime.preferences import address_of
from workq_gui.runtime.rabbitmq_node import NodeError
from workq_gui.ui.boxes import tell
from workq_gui.ui.main_window import MainWindow


class BrokerChoice:
    """Finds a broker that can and may be used. Belongs to the GUI thread; coroutines run on qasync's loop.

    Nothing is consumed, and nothing declared, before the user agreed: a
    stranger's queue may hold real work.

    Attributes:
        product: The chosen broker's name and version.
        own_broker: The chosen broker if it is one of WorkQ's own, else None.
    """

    def __init__(
        self,
        options: Options,
        window: MainWindow,
        session: Session,
        own_brokers: Mapping[str, OwnBroker],
        lookout: LoopThread,
        passwords: PasswordStore,
    ) -> None:
        """Choose among `own_brokers`, by the words of the command line, and all others, by their URL.

        Whose URL has no password, for them it is looked for in `passwords`.
        """
        self.product = ""
        self.own_broker = own_brokers[options.own_broker] if options.own_broker else None
        self._asks_nothing = options.quit_when_done
        self._queue_type = options.queue_type
        self._endpoint = options.endpoint or Endpoint()
        self._window = window
        self._screen = window.broker_screen
        self._session = session
        self._own_brokers = own_brokers
        self._lookout = lookout
        self._passwords = passwords
        self._was_keyring_offered = False
        self._was_named_here = False  # the broker, by its URL on the screen
        self._was_kept = False  # a password of its user
        self._answer: asyncio.Future[bool] | None = None
        self._wants_delete = False
        self._as_found: dict[str, QueueSettings] = {}  # of queues that the user wants to use as they are
        self._screen.use_requested.connect(self._use_queue)
        self._screen.as_it_is_requested.connect(lambda: self._go_on())
        self._screen.delete_requested.connect(self._delete_queue)
        self._screen.retry_requested.connect(self._go_on)
        self._screen.broker_requested.connect(self._use_broker)
        self._screen.built_in_requested.connect(self._use_built_in)
        self._screen.quit_requested.connect(lambda: self._go_on(False))

    @property
    def first_queue(self) -> QueueSettings:
        """How the session's first queue is declared: in a cluster it is to outlive a node."""
        if (as_found := self._as_found.get(self._session.queue)) is not None:
            return as_found
        is_cluster = isinstance(self.own_broker, OwnCluster)
        return QueueSettings(queue_type=self._queue_type or (QUORUM if is_cluster else ""))

    async def find(self) -> Endpoint | None:
        """Return where to connect, with `session.queue` set to a queue that can be used.

        None: there is no such broker, or the user would rather quit.
        """
        endpoint = await self._find()
        if endpoint is not None and self.own_broker is None and self._was_named_here:
            await self._settle_password(endpoint)
        return endpoint

    async def _find(self) -> Endpoint | None:
        self._window.show_broker_screen()
        while True:
            try:
                endpoint = await self._reach()
                report = await self._look(endpoint)
            except QueueMismatched as error:
                if not await self._resolve(error, endpoint):
                    return None
            except (NodeError, MessagingError) as error:
                if not await self._tell_problem(error):
                    return None
            else:
                if not self._must_ask(report):
                    return endpoint
                self._screen.show_question(report)
                if not await self._ask():
                    return None
                if self._session.queue == report.queue:
                    return endpoint

    async def _reach(self) -> Endpoint:
        if self.own_broker is None:
            return await self._with_password(self._endpoint)
        self._screen.show_progress(self._screen.tr("Starting {}…").format(self.own_broker.product))
        await self.own_broker.start()
        return self.own_broker.endpoint

    async def _look(self, endpoint: Endpoint) -> BrokerReport:
        self._screen.show_progress(self._screen.tr("Looking at {}…").format(endpoint))
        looking = self._lookout.spawn(doctor.look(endpoint, self._session.queue, self.first_queue))
        report = await asyncio.wrap_future(looking)
        self.product = self.own_broker.product if self.own_broker else report.product
        return report

    def _must_ask(self, report: BrokerReport) -> bool:
        return not (self._asks_nothing or report.is_untouched)

    async def _tell_problem(self, error: NodeError | MessagingError) -> bool:
        """Show what went wrong; return whether to go on."""
        queue = None
        if isinstance(error, MessagingError):
            problem = error.problem
            queue = self._session.queue if isinstance(error, QueueRefused) else None
        else:
            problem = Problem(
                self._screen.tr("A broker of WorkQ's own could not be started."), "", str(error), ""
            )
        print(problem, file=sys.stderr)  # noqa: T201 (for whoever started it in a terminal)
        if self._asks_nothing:
            return False
        self._offer_keyring()
        address = address_of(self._endpoint) if isinstance(error, LoginRefused) else ""
        self._screen.show_problem(problem, queue=queue, address=address)
        return await self._ask()

    async def _resolve(self, error: QueueMismatched, endpoint: Endpoint) -> bool:
        """Ask what to do about a queue that is there with other arguments; return whether to go on."""
        if self._asks_nothing:
            return await self._tell_problem(error)
        print(error.problem, file=sys.stderr)  # noqa: T201 (for whoever started it in a terminal)
        conflict = error.conflict
        self._screen.show_conflict(conflict)
        self._wants_delete = False
        if not await self._ask():
            return False
        if self._wants_delete:
            self._screen.show_progress(self._screen.tr("Deleting {}…").format(conflict.queue))
            deleting = self._lookout.spawn(doctor.delete(endpoint, conflict.queue))
            try:
                await asyncio.wrap_future(deleting)
            except MessagingError as refused:
                return await self._tell_problem(refused)
        elif self._session.queue == conflict.queue:
            self._as_found[conflict.queue] = conflict.actual
        return True

    async def _ask(self) -> bool:
        """Wait for an answer on the screen; return whether to go on."""
        self._answer = asyncio.get_running_loop().create_future()
        return await self._answer

    def _go_on(self, is_wanted: bool = True) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(is_wanted)

    def _delete_queue(self) -> None:
        self._wants_delete = True
        self._go_on()

    def _use_queue(self, queue: str) -> None:
        self._session.queue = queue
        self._go_on()

    def _use_broker(self, url: str) -> None:
        self._endpoint, self.own_broker = from_url(url), None
        self._was_named_here = True
        self._go_on()

    def _use_built_in(self) -> None:
        self.own_broker = self._own_brokers[BUILT_IN]
        self._go_on()

    # --- passwords --------------------------------------------------------------------------

    def _offer_keyring(self) -> None:
        if not self._was_keyring_offered:
            self._was_keyring_offered = True
            looking = asyncio.ensure_future(self._passwords.refusal())
            looking.add_done_callback(lambda found: self._screen.offer_keyring(found.result()))

    async def _with_password(self, endpoint: Endpoint) -> Endpoint:
        """Return `endpoint` with the password that is kept for it, if it was named without one."""
        if not endpoint.lacks_password:
            return endpoint
        self._screen.show_progress(self._screen.tr("Looking into the system's keyring…"))
        try:
            password = await self._passwords.find(endpoint)
        except KeyringRefused as refused:
            tell(self._window, str(refused))
            return endpoint
        if password is None:
            return endpoint
        self._was_kept = True
        return replace(endpoint, password=password)

    async def _settle_password(self, endpoint: Endpoint) -> None:
        """Keep a password that was typed here and is right, if the user wants that; else keep none."""
        if self._endpoint.lacks_password:
            return
        self._screen.show_progress(self._screen.tr("Looking into the system's keyring…"))
        try:
            if self._screen.keeps_password:
                await self._passwords.keep(endpoint)
            elif self._was_kept:  # only then: it may ask its user to unlock it
                await self._passwords.forget(endpoint)
        except KeyringRefused as refused:
            tell(self._window, str(refused))
