"""How the standard widgets look: one palette and one stylesheet, made from a theme.

A widget says what it is with `set_role`, never how it looks.
"""

import re
from html import escape
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from workq_gui.ui.theme import MONO_FAMILY, TEXT_FAMILY, Theme, load_fonts, text_font, zoomed

TEXT_SIZE = 13
SMALL_SIZE = 12
CONTROL_RADIUS = 8
PANEL_RADIUS = 12
CONTROL_HEIGHT = 32
PRIMARY_HEIGHT = 42
LINE_END = "\n"


def prepare(app: QApplication) -> None:
    """Set what all themes share: style and fonts. GUI thread.

    Before the first widget is made: a font that is set later does not reach what a stylesheet has touched.
    """
    load_fonts()
    app.setStyle("Fusion")
    app.setFont(text_font(TEXT_SIZE))


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give all standard widgets of `app` the colours of `theme`, at the zoom of now. GUI thread."""
    app.setFont(text_font(TEXT_SIZE))
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))


def set_role(widget: QWidget, role: str) -> None:
    """Say what `widget` is; the roles are those that the stylesheet names."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        # Qt evaluates the rules for a property only when the style is applied.
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def blend(over: str, under: str, share: float) -> str:
    """Return the colour of `over` laid on `under` with an opacity of `share`."""
    top, bottom = QColor(over), QColor(under)
    channels = (
        (top.red(), bottom.red()),
        (top.green(), bottom.green()),
        (top.blue(), bottom.blue()),
    )
    return QColor(*(round(high * share + low * (1 - share)) for high, low in channels)).name()


def plain_tooltip(text: str) -> str:
    """Return `text` for a tool tip that must not take it for markup."""
    return f"<qt>{escape(text).replace(LINE_END, '<br>')}</qt>"


def palette(theme: Theme) -> QPalette:
    """Return the colours of `theme` in the places where Qt looks for them."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: theme.bg,
        roles.WindowText: theme.ink,
        roles.Base: theme.bg,
        roles.AlternateBase: theme.panel,
        roles.Text: theme.ink,
        roles.PlaceholderText: theme.mute,
        roles.Button: theme.card,
        roles.ButtonText: theme.ink,
        roles.BrightText: theme.ink,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.ToolTipBase: theme.card,
        roles.ToolTipText: theme.ink,
        roles.Link: theme.info,
        roles.LinkVisited: theme.info,
        roles.Accent: theme.accent,
        roles.Light: theme.line,
        roles.Midlight: theme.line,
        roles.Mid: theme.line,
        roles.Dark: theme.line,
        roles.Shadow: theme.bg,
    }
    result = QPalette()
    for role, colour in colours.items():
        result.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.mute))
    return result


def stylesheet(theme: Theme) -> str:
    """Return the rules for everything that the palette cannot say, at the zoom of now."""
    thin = max(1, round(theme.line_width))
    thick = thin + 1
    return Template(_zoomed(_RULES)).substitute(
        {token: getattr(theme, token) for token in Theme.tokens()},
        text_family=TEXT_FAMILY,
        mono_family=MONO_FAMILY,
        thin=f"{thin}px",
        thick=f"{thick}px",
        control=f"{zoomed(CONTROL_HEIGHT) - 2 * thin}px",
        control_focus=f"{zoomed(CONTROL_HEIGHT) - 2 * thick}px",
        primary=f"{zoomed(PRIMARY_HEIGHT) - 2 * thin}px",
        primary_focus=f"{zoomed(PRIMARY_HEIGHT) - 2 * thick}px",
        pad=f"{zoomed(13)}px",
        pad_focus=f"{zoomed(13) - 1}px",
        field_pad=f"{zoomed(7)}px {zoomed(11)}px",
        field_pad_focus=f"{zoomed(7) - 1}px {zoomed(11) - 1}px",
        hover=blend(theme.mute, theme.card, 0.12),
        pressed=blend(theme.mute, theme.card, 0.24),
        accent_hover=blend(theme.ink, theme.accent, 0.12),
        accent_pressed=blend(theme.bg, theme.accent, 0.2),
        bad_hover=blend(theme.bad, theme.card, 0.14),
        bad_pressed=blend(theme.bad, theme.card, 0.26),
        accent_soft=blend(theme.accent, theme.card, 0.2),
        accent_soft_hover=blend(theme.accent, theme.card, 0.28),
        selection=blend(theme.accent, theme.bg, 0.32),
        warn_soft=blend(theme.warn, theme.panel, 0.12),
    )


def _zoomed(rules: str) -> str:
    """Return `rules` with every length at the zoom of now; 1 and 2 px are hair lines, and stay."""
    return re.sub(r"-?\d+px", lambda found: f"{_zoomed_length(int(found[0][:-2]))}px", rules)


def _zoomed_length(pixels: int) -> int:
    return zoomed(pixels) if abs(pixels) > 2 else pixels


# A focused control has a border of one pixel more; one pixel less of padding keeps its contents still.
_RULES = """
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 16px; font-weight: 700; }
QLabel[role="problem"] { font-size: 16px; font-weight: 700; color: $bad; }
QLabel[role="heading"] { font-size: 13px; font-weight: 600; }
QLabel[role="mute"] { color: $mute; font-size: 12px; }
QLabel[role="mute-heading"] { color: $mute; font-size: 13px; }
QLabel[role="ok"] { color: $ok; font-weight: 600; }
QLabel[role="warn"] { color: $warn; font-weight: 600; }
QLabel[role="bad"] { color: $bad; font-weight: 600; }
QLabel[role="error"] { color: $bad; font-size: 12px; }
QLabel[role="mono"] { font-family: "$mono_family"; font-size: 12px; color: $mute; }
QLabel[role="code"] { font-family: "$mono_family"; font-size: 11px; color: $mute; }
QLabel[role="caveat"] { color: $warn; font-size: 12px; }
QLabel[role="mono-ink"] { font-family: "$mono_family"; font-size: 12px; color: $ink; }
QLabel[role="words"] { font-family: "$mono_family"; font-size: 12px; color: $ink; background: $bg;
    border: $thin solid $line; border-radius: 8px; padding: 12px; }
QLabel[role="code-large"] { font-family: "$mono_family"; font-size: 16px; color: $ink; background: $bg;
    border: $thin solid $line; border-radius: 8px; padding: 12px; }
QLabel[role="caution"] { color: $warn; background: $warn_soft; border: $thin solid $warn;
    border-radius: 8px; padding: 12px; }

QFrame[role="panel"] { background: $panel; border: $thin solid $line; border-radius: 12px; }
QFrame[role="bar"] { background: $panel; border: none; border-bottom: $thin solid $line; }
QFrame[role="divider"] { background: $line; border: none; max-height: $thin; min-height: $thin; }
QFrame[role="field"] { background: $bg; border: $thin solid $line; border-radius: 8px; padding: 1px; }
QFrame[role="field-active"] { background: $bg; border: $thick solid $accent; border-radius: 8px;
    padding: 0; }
QFrame[role="field"] QLineEdit, QFrame[role="field-active"] QLineEdit { border: none; padding: 0;
    background: transparent; }

QPushButton { background: $card; color: $ink; border: $thin solid $line; border-radius: 8px;
    padding: 0 $pad; min-height: $control; font-weight: 600; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: $thick solid $accent; padding: 0 $pad_focus; min-height: $control_focus; }
QPushButton:disabled { color: $mute; background: transparent; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: $thin solid $accent;
    min-height: $primary; font-size: 14px; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus { border: $thick solid $ink; min-height: $primary_focus; }
QPushButton[role="primary"]:disabled { background: $hover; color: $mute; border-color: $line; }
QPushButton:checked { background: $accent_soft; border-color: $accent; }
QPushButton:checked:hover { background: $accent_soft_hover; }
QPushButton[role="icon"], QPushButton[role="icon"]:focus { padding: 0; }
QPushButton[role="compact"], QPushButton[role="now"], QPushButton[role="danger"] { padding: 0;
    font-size: 12px; }
QPushButton[role="now"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="now"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="now"]:focus { border: $thick solid $ink; }
QPushButton[role="danger"] { background: transparent; color: $bad; border-color: $bad; }
QPushButton[role="danger"]:hover { background: $bad_hover; }
QPushButton[role="danger"]:pressed { background: $bad_pressed; }
QPushButton[role="danger"]:focus { border: $thick solid $ink; }
QPushButton[role="danger"]:disabled { color: $mute; border-color: $line; }
QPushButton[role="warn"], QPushButton[role="warn"]:focus { background: transparent; color: $warn;
    border: none; text-align: left; padding: 0; font-size: 12px; min-height: 18px; }
QPushButton[role="warn"]:hover { color: $ink; }
QPushButton[role="warn"]:focus { border: $thin solid $accent; border-radius: 4px; }

QWidget[role="switch"] { qproperty-on_colour: $ok; qproperty-off_colour: $mute; qproperty-knob_colour: $bg;
    qproperty-ring_colour: $accent; }

QPushButton[role="segment"], QPushButton[role="segment"]:focus { padding: 0 10px; font-size: 12px;
    min-height: 26px; }
QPushButton[role="fold"] { background: transparent; border: $thick solid transparent; text-align: left;
    padding: 0; color: $mute; font-size: 12px; min-height: 20px; }
QPushButton[role="fold"]:hover { color: $ink; }
QPushButton[role="fold"]:focus { border: $thick solid $accent; padding: 0; min-height: 20px; }

QSpinBox { background: $bg; color: $ink; border: $thin solid $line; border-radius: 8px;
    padding: 4px 8px; font-family: "$mono_family"; font-size: 13px; min-height: 20px;
    selection-background-color: $selection; selection-color: $ink; }
QSpinBox:focus { border: $thick solid $accent; padding: 3px 7px; }
QSpinBox QLineEdit, QSpinBox QLineEdit:focus { border: none; padding: 0; background: transparent; }
QSpinBox::up-button { subcontrol-position: top right; width: 0; border: none; }
QSpinBox::down-button { subcontrol-position: bottom right; width: 0; border: none; }
QSpinBox:disabled { color: $mute; background: transparent; }

QLineEdit, QPlainTextEdit { background: $bg; color: $ink; border: $thin solid $line;
    border-radius: 8px; padding: $field_pad; font-family: "$mono_family"; font-size: 13px;
    selection-background-color: $selection; selection-color: $ink; }
QLineEdit { min-height: 20px; }
QLineEdit[role="compact"] { padding: 2px 9px; font-size: 12px; }
QLineEdit[role="compact"]:focus { padding: 1px 8px; font-size: 12px; }
QLineEdit:focus, QPlainTextEdit:focus { border: $thick solid $accent; padding: $field_pad_focus; }

QTabWidget::pane { border: none; }
QTabBar { font-weight: 600; }
QTabBar::tab { background: transparent; color: $mute; border: $thick solid transparent;
    border-bottom: 3px solid transparent; padding: 4px 4px 5px 4px; margin-right: 16px; min-height: 18px; }
QTabBar::tab:hover { color: $ink; }
QTabBar::tab:selected { color: $accent; border-bottom: 3px solid $accent; }
QTabBar::tab:selected:focus { color: $ink; background: $hover; border: $thick solid $ink;
    border-bottom: 3px solid $accent; }

QAbstractScrollArea { border: none; }
QScrollArea, QTableView { background: transparent; border: none; }
QTableView:focus { border: none; }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; color: $mute; border: none; border-bottom: $thin solid $line;
    padding: 4px 3px; font-size: 12px; font-weight: 600; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QTableView::item:selected { background: $accent_soft; color: $ink; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar::handle:vertical:hover { background: $mute; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: 3px; min-width: 32px; margin: 2px; }
QScrollBar::handle:horizontal:hover { background: $mute; }

QSlider { min-height: 32px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { background: $accent; width: 16px; height: 16px; margin: -6px 0;
    border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:focus { background: $accent; border: $thick solid $ink; width: 14px; height: 14px;
    margin: -7px 0; border-radius: 9px; }

QProgressBar { background: $line; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QMenu { background: $panel; color: $ink; border: $thin solid $line; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 8px 24px 8px 28px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $mute; }
QMenu::indicator { width: 12px; height: 12px; left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QToolTip { background: $card; color: $ink; border: $thin solid $line; padding: 6px 8px;
    font-size: 12px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal:hover { background: $line; margin: 0 6px; border-radius: 2px; }
"""
