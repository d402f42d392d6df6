"""What a widget that shows workers can be asked for: a signal for each wish about one worker."""

from PySide6.QtCore import Signal, SignalInstance

from workq_gui.ui.worker_menu import WorkerWish


class WorkerWishes:
    """Gives a QObject that inherits it the signals of all wishes. GUI thread.

    Signals, each with a WorkerId:
        crash_requested: It is to die.
        stop_requested: It is to close its connection properly.
        raise_requested: Its code is to raise an error in the middle of its task.
        nack_requested: It is to give its task back to the queue.
        reject_requested: It is to refuse its task for good.
        freeze_requested: It is to do nothing any more, heartbeats included.
        thaw_requested: It is to go on where it froze.
        close_channel_requested: It is to close its channel, and keep its connection.
        delay_requested: Its network is to become slow.
        stall_requested: Its network is to let nothing through.
        cut_requested: Its network is to reset the connection.
        heal_requested: Its network is to be well again.
        settings_requested: The user wants to see and change how it works.
        restart_requested: It is to come back.
        remove_requested: It is not to be seen any more.
    """

    crash_requested = Signal(str)
    stop_requested = Signal(str)
    raise_requested = Signal(str)
    nack_requested = Signal(str)
    reject_requested = Signal(str)
    freeze_requested = Signal(str)
    thaw_requested = Signal(str)
    close_channel_requested = Signal(str)
    delay_requested = Signal(str)
    stall_requested = Signal(str)
    cut_requested = Signal(str)
    heal_requested = Signal(str)
    settings_requested = Signal(str)
    restart_requested = Signal(str)
    remove_requested = Signal(str)

    def wish_signal(self, wish: WorkerWish) -> SignalInstance:
        """Return the signal of a wish."""
        signal: SignalInstance = getattr(self, f"{wish}_requested")
        return signal
