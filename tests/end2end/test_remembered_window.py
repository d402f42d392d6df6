"""The window of the next run is as large, and parted, as that of the last one."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("zoom", ["1.0", "0.9", "1.2"])
def test_the_window_is_as_large_and_as_parted_as_it_was(screen, tmp_path, zoom):
    command = [sys.executable, "-m", "tests.end2end.remembered_window", str(tmp_path), zoom]
    told = subprocess.run(command, env=screen.environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
