"""Makes the stored pictures anew, after a look at what changed: `python -m tests.pictures.make [NAME…]`."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.pictures.stage_picture import PICTURES
from workq_gui.ui.style import prepare


def main() -> None:
    app = QApplication(sys.argv[:1])
    prepare(app)
    wanted = tuple(sys.argv[1:])
    for picture in PICTURES:
        if not wanted or picture.name.startswith(wanted):
            picture.take().save(str(picture.path))


if __name__ == "__main__":
    main()
