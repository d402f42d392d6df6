"""Where the program begins: `workq`, or `python -m workq_gui`."""

import sys

from workq_gui.command_line import parse


def main() -> int:
    """Run the program; return its exit code."""
    options = parse(sys.argv[1:])
    # Only now: Qt takes 0.3 s to import, and --help and a wrong option need none of it.
    from workq_gui.app import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())
