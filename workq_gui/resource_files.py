"""Where the files of `resources/` lie, in a checkout and in an installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries the folder inside the package; a checkout has it beside the package.
_CANDIDATES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource_path(name: str) -> Path:
    """Return the path of a file or folder in `resources/`, for example "scenarios"."""
    for folder in _CANDIDATES:
        if folder.is_dir():
            return folder / name
    raise FileNotFoundError(
        f"WorkQ's own files are missing: neither {_CANDIDATES[0]} nor {_CANDIDATES[1]} exists"
    )
