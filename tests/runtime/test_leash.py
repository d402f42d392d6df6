import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rabbitmq_fixture import is_alive, wait_until
from workq_gui.runtime import leash
from workq_gui.runtime.leash import CANNOT_START, Leash, leash_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="private nodes run on Unix only")

SLEEP = ["sleep", "300"]
Start = Callable[..., Leash]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that puts commands on a leash; what they print goes to tmp_path/output."""
    leashes: list[Leash] = []

    def start_leash(*commands: list[str]) -> Leash:
        with (tmp_path / "output").open("wb") as output:
            leashes.append(
                Leash(
                    commands,
                    environment={"PATH": "/usr/bin:/bin", "GREETING": "hello"},
                    work_dir=tmp_path,
                    output=output,
                    kept_open_fd=output.fileno(),
                )
            )
        return leashes[-1]

    yield start_leash
    for each in leashes:
        each.release()


def test_it_tells_the_pids_of_the_commands(start: Start) -> None:
    first, second = start(SLEEP, ["sleep", "301"]).pids
    assert Path(f"/proc/{first}/cmdline").read_bytes() == b"sleep\x00300\x00"
    assert Path(f"/proc/{second}/cmdline").read_bytes() == b"sleep\x00301\x00"


def test_commands_have_the_given_environment_and_output(start: Start, tmp_path: Path) -> None:
    command = start(["sh", "-c", "echo $GREETING; pwd"])
    assert command.ends_within(10)
    assert (tmp_path / "output").read_text() == f"hello\n{tmp_path}\n"


def test_commands_keep_the_given_descriptor_open(start: Start, tmp_path: Path) -> None:
    (pid,) = start(SLEEP).pids
    opened = [path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir() if int(path.name) > 2]
    assert tmp_path / "output" in opened


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 128 + 9), ("", 0)],
)
def test_it_passes_on_how_a_command_ended(start: Start, code: str, exit_code: int) -> None:
    command = start(python(code))
    assert command.ends_within(10)
    assert command.release() == exit_code


def test_release_ends_all_commands(start: Start) -> None:
    commands = start(SLEEP, SLEEP)
    assert commands.is_running()
    assert commands.release() == 128 + signal.SIGTERM
    assert not commands.is_running()
    assert not any(map(is_alive, commands.pids))


def test_the_end_of_one_command_ends_the_others(start: Start) -> None:
    commands = start(SLEEP, python("raise SystemExit(7)"))
    assert commands.ends_within(10)
    assert commands.release() == 7
    assert not any(map(is_alive, commands.pids))


def test_a_stopped_command_is_not_an_ended_one(start: Start) -> None:
    commands = start(SLEEP, ["sh", "-c", "kill -STOP $$"])
    stopped = Path(f"/proc/{commands.pids[1]}/stat")
    wait_until(lambda: " T " in stopped.read_text())
    assert not commands.ends_within(0.2)
    assert all(map(is_alive, commands.pids))


def test_a_missing_program_ends_the_commands_before_it(start: Start, tmp_path: Path) -> None:
    commands = start(SLEEP, ["/no/such/program"])
    assert commands.pids == []
    assert not commands.is_running()
    assert commands.release() == CANNOT_START
    assert (tmp_path / "output").read_text() == "cannot start /no/such/program: No such file or directory\n"


def test_a_command_that_will_not_end_is_killed() -> None:
    stubborn = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
    )
    impatient = (
        f"import leash, sys; leash.ASK_AGAIN_S = 0.02; sys.exit(leash.main(['--', *{python(stubborn)}]))"
    )
    process = subprocess.Popen(
        python(impatient),
        cwd=Path(leash.__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == b"deaf\n"
    process.communicate(timeout=10)
    assert process.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_commands_do_not_outlive_the_leash(number: signal.Signals) -> None:
    with subprocess.Popen(
        leash_command([SLEEP, SLEEP]), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pids = json.loads(process.stdout.readline())["pids"]
        process.send_signal(number)
        wait_until(lambda: not any(map(is_alive, pids)))


def test_commands_do_not_outlive_a_program_that_is_killed() -> None:
    program = f"""if True:
        import subprocess, sys
        leash = subprocess.Popen({leash_command([SLEEP])}, stdin=subprocess.PIPE, start_new_session=True)
        print(leash.pid, flush=True)
        leash.wait()
    """
    with subprocess.Popen(python(program), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = sorted([process.stdout.readline(), process.stdout.readline()])  # pid, then {"pids": …}
        pids = [int(lines[0]), *json.loads(lines[1])["pids"]]
        assert all(map(is_alive, pids))
        process.kill()
        wait_until(lambda: not any(map(is_alive, pids)))
