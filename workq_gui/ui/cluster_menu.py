"""The part of the broker's menu that concerns a cluster: its nodes, or the way to one."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workq_gui.core.projections.cluster import Cluster, NodeState


class ClusterMenu(QObject):
    """Adds an action for each node to a menu; before there are any, one for a cluster. GUI thread.

    Signals:
        kill_requested: The user wants a node to die, as in a power cut; carries its name.
        start_requested: The user wants a node back; carries its name.
        cluster_requested: The user wants a window with a cluster.
    """

    kill_requested = Signal(str)
    start_requested = Signal(str)
    cluster_requested = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        self._nodes: dict[str, QAction] = {}
        self._shown: tuple[object, ...] = ()
        menu.addSeparator()
        self._offer = menu.addAction("")
        self._offer.triggered.connect(self.cluster_requested)
        self.offer("")

    def offer(self, refusal: str) -> None:
        """Offer a window with a cluster, or say why that cannot be: `refusal`."""
        words = self.tr("A three-node cluster…")
        self._offer.setText(words if not refusal else self.tr("{} needs RabbitMQ").format(words))
        self._offer.setToolTip(refusal or self.tr("Open a window of its own, with three RabbitMQ nodes."))
        self._offer.setEnabled(not refusal)

    def display(self, cluster: Cluster, queue: str) -> None:
        """Show how each node of `cluster` is, and what can be done to it; `queue` is the one that matters."""
        shown = (*cluster.nodes.items(), cluster.leaderships.get(queue))
        if shown == self._shown:
            return
        self._shown = shown
        self._offer.setVisible(not cluster.nodes)
        for name, state in cluster.nodes.items():
            if name not in self._nodes:
                self._nodes[name] = QAction("", self._menu)
                self._menu.insertAction(self._offer, self._nodes[name])
                self._nodes[name].triggered.connect(partial(self._wish, name))
            text, hint = self._words(cluster, name, state, queue)
            self._nodes[name].setText(text)
            self._nodes[name].setToolTip(hint)
            self._nodes[name].setEnabled(state is not NodeState.STARTING)
            self._nodes[name].setData(state)

    def _wish(self, name: str) -> None:
        is_up = self._nodes[name].data() is NodeState.UP
        (self.kill_requested if is_up else self.start_requested).emit(name)

    def _words(self, cluster: Cluster, name: str, state: NodeState, queue: str) -> tuple[str, str]:
        """Return what is offered for a node, and the hint with it."""
        if state is NodeState.STARTING:
            return self.tr("{} is starting…").format(name), ""
        if state is NodeState.DOWN:
            return (
                self.tr("Start {} again (it is down)").format(name),
                self.tr("It comes back as a follower, and catches up with the others."),
            )
        if cluster.leader_of(queue) == name:
            return (
                self.tr("Kill the leader ({}) and see").format(name),
                self.tr("SIGKILL: the nodes that are left elect another leader of the queue."),
            )
        follows = name in cluster.leaderships[queue].followers if queue in cluster.leaderships else False
        text = self.tr("Kill {} (it follows)") if follows else self.tr("Kill {}")
        return text.format(name), self.tr("SIGKILL: while two of three are up, the queue goes on.")
