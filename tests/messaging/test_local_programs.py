"""Which program is behind a connection within this computer."""

import contextlib
import socket
import subprocess
import sys

import pytest

from workq_gui.messaging.local_programs import name_of_program, program_at

CLIENT = "import socket, sys; c = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["python", "worker.py"], "worker.py"),
        (["/usr/bin/python3.11", "-u", "/home/me/tutorial/new_task.py", "Hi."], "new_task.py"),
        (["python3", "-m", "celery", "worker"], "celery"),
        (["python3", "-c", "import pika"], "python3"),
        (["node", "worker.js"], "worker.js"),
        (["java", "-jar", "/opt/worker.jar"], "worker.jar"),
        (["/usr/local/bin/worker"], "worker"),
        (["python3"], "python3"),
        ([], ""),
    ],
)
def test_a_script_is_called_by_its_file(words, name):
    assert name_of_program(words) == name


@contextlib.contextmanager
def connected_script(folder):
    script = folder / "my_worker.py"
    script.write_text(CLIENT)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, str(script), str(port)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as program:
            connection, address = server.accept()
            with connection:
                yield address[1], port
            program.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets itself be asked")
def test_the_program_at_the_other_end_is_found(tmp_path):
    with connected_script(tmp_path) as (port, broker_port):
        assert program_at(f"127.0.0.1:{port} -> 127.0.0.1:{broker_port}") == "my_worker.py"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets itself be asked")
def test_who_uses_the_same_port_for_something_else_is_not_meant(tmp_path):
    with connected_script(tmp_path) as (port, broker_port):
        assert program_at(f"127.0.0.1:{port} -> 127.0.0.1:{broker_port + 1}") == ""


@pytest.mark.parametrize("name", ["192.168.0.7:40312 -> 192.168.0.1:5672", "", "nonsense"])
def test_of_other_computers_nothing_is_asked(name):
    assert program_at(name) == ""
