"""Where the program begins: `workq`, or `python -m workq_gui`."""

import sys

SERVE_BROKER = "--serve-broker"
DOCTOR = "doctor"
EXPORT = "export"


def main() -> int:
    """Run the program, the broker that is built into it, or one of its commands; return the exit code."""
    if sys.argv[1:2] == [SERVE_BROKER]:
        # Before anything of the window is imported: a broker is ready in a fraction of that time.
        from workq_gui.broker.__main__ import main as serve

        return serve(sys.argv[2:])
    if sys.argv[1:2] == [DOCTOR]:
        from workq_gui.doctor_command import main as examine

        return examine(sys.argv[2:])
    if sys.argv[1:2] == [EXPORT]:
        from workq_gui.export_command import main as export

        return export(sys.argv[2:])
    from workq_gui.command_line import parse

    options = parse(sys.argv[1:])
    # Only now: Qt takes 0.3 s to import, and --help and a wrong option need none of it.
    from workq_gui.app import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())
