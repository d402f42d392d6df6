"""What the user's wishes about a cluster come to."""

from collections.abc import Callable

import qasync

from workq_gui.another_window import open_window
from workq_gui.command_line import CLUSTER
from workq_gui.runtime.own_cluster import OwnCluster
from workq_gui.runtime.rabbitmq_node import NOT_INSTALLED, NodeError, find_rabbitmq
from workq_gui.ui.boxes import tell
from workq_gui.ui.main_window import MainWindow


class ClusterWiring:
    """Opens a window with a cluster; in such a window, kills and starts its nodes. GUI thread."""

    def __init__(self, window: MainWindow, theme: Callable[[], str]) -> None:
        """Offer a window with a cluster, which is to look as `theme` says then."""
        self._window = window
        self._theme = theme
        self._cluster: OwnCluster | None = None
        window.top_bar.offer_cluster("" if find_rabbitmq() else NOT_INSTALLED)
        window.top_bar.cluster_requested.connect(self._open_window)

    def use(self, cluster: OwnCluster) -> None:
        """Let the window's wishes concern `cluster`, the broker that it shows."""
        self._cluster = cluster
        self._window.top_bar.node_kill_requested.connect(self._kill_node)
        self._window.top_bar.node_start_requested.connect(self._start_node)

    def _open_window(self) -> None:
        open_window(self._window, *window_words(self._theme()))

    @qasync.asyncSlot(str)
    async def _kill_node(self, name: str) -> None:
        assert self._cluster is not None
        await self._cluster.kill_node(name)

    @qasync.asyncSlot(str)
    async def _start_node(self, name: str) -> None:
        assert self._cluster is not None
        try:
            await self._cluster.start_node(name)
        except NodeError as error:
            tell(self._window, str(error))


def window_words(theme: str) -> list[str]:
    """Return what this program is told, to run with a cluster."""
    return ["--broker", CLUSTER, "--theme", theme]
