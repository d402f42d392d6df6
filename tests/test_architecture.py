"""The walls between the packages hold, and are known to bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([lint, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "workq_gui", tmp_path / "workq_gui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(copy):
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("core/clock.py", "import PySide6"),
        ("core/events.py", "import asyncio"),
        ("core/session.py", "import pika"),
        ("core/projections/task_board.py", "from workq_gui.ui import worker_card"),
        ("core/tasks.py", "from workq_gui.messaging import codec"),
        ("ui/worker_card.py", "import pika"),
        ("ui/worker_card.py", "import asyncio"),
        ("ui/worker_card.py", "from workq_gui.runtime import event_hub"),
        ("ui/stage.py", "from workq_gui.messaging import link"),
        ("messaging/consumer.py", "import PySide6"),
        ("messaging/consumer.py", "from workq_gui.runtime import loop_thread"),
        ("messaging/topology.py", "from workq_gui.messaging import link"),
        ("runtime/event_hub.py", "from workq_gui.ui import theme"),
        ("runtime/event_hub.py", "from workq_gui import app"),
        ("command_line.py", "from workq_gui import app"),
        ("comparing.py", "from workq_gui import wiring"),
        ("broker/queue.py", "from workq_gui.core import events"),
        ("broker/errors.py", "from . import channel"),
        ("broker/connection.py", "import asyncio"),
        ("broker/broker.py", "import time"),
        ("broker/store.py", "import sqlite3"),
        ("runtime/broker_process.py", "from workq_gui.broker import server"),
        ("app.py", "from workq_gui import broker"),
    ],
)
def test_a_planted_violation_is_found(copy, module, forbidden):
    path = copy / "workq_gui" / module
    path.write_text(path.read_text() + f"\n{forbidden}\n")
    result = lint_imports(copy)
    assert result.returncode == 1, "the contract is only for show"


def test_a_new_package_must_be_given_a_place(copy):
    (copy / "workq_gui" / "extras").mkdir()
    (copy / "workq_gui" / "extras" / "__init__.py").touch()
    assert lint_imports(copy).returncode == 1


@pytest.mark.parametrize("line", ["from PySide6.QtWidgets import QLabel", "from PySide6.QtGui import QColor"])
def test_pixels_outside_the_interface_are_found(copy, line):
    (copy / "workq_gui" / "runtime" / "event_hub.py").write_text(f'"""Doc."""\n\n{line}\n')
    ruff = Path(sys.executable).parent / "ruff"
    result = subprocess.run(
        [ruff, "check", "--select", "TID", "."], cwd=copy, capture_output=True, text=True, check=False
    )
    assert "TID251" in result.stdout


def test_the_broker_can_be_lifted_out(tmp_path):
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "workq_gui" / "broker", tmp_path / "elsewhere", ignore=ignore)
    script = "import elsewhere, elsewhere.server, elsewhere.sqlite_store, elsewhere.__main__"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_importing_a_package_costs_nothing():
    script = "import sys, workq_gui.core, workq_gui.ui, workq_gui.messaging, workq_gui.runtime; " + (
        "print([name for name in ('PySide6', 'pika', 'qasync', 'asyncio') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "[]"


def test_the_core_runs_where_nothing_is_installed():
    script = "import workq_gui.core.session, workq_gui.core.scenario, workq_gui.core.settings"
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(ROOT)!r}); {script}"],
        check=True,
    )
