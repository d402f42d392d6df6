"""What the pages of the composer have in common."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workq_gui.core.tasks import count_dots
from workq_gui.ui.labels import make_label


def page_layout(page: QWidget) -> QVBoxLayout:
    """Return the column of a page."""
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 12, 0, 0)
    layout.setSpacing(12)
    return layout


def error_label() -> QLabel:
    """Return a label that is hidden until there is an error."""
    label = make_label("error", name="error")
    label.hide()
    return label


def show_error(label: QLabel, text: str) -> None:
    """Say in an error's label what is wrong."""
    label.setText(f"✕ {text}")
    label.show()


def work_words(widget: QWidget, text: str, dot_s: float) -> str:
    """Return how much work `text` is when one dot is `dot_s` seconds."""
    dots = count_dots(text)
    if not dots:
        return widget.tr("each dot = {} of work").format(seconds_words(dot_s))
    if dots == 1:
        return widget.tr("1 dot = {} of work").format(seconds_words(dot_s))
    return widget.tr("{:,} dots = {} of work").format(dots, seconds_words(dots * dot_s))


def seconds_words(seconds: float) -> str:
    """Return a time with its unit."""
    return f"{seconds:,.1f}".removesuffix(".0") + " s"
