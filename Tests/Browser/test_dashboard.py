"""The target file that manages clients by web pages: the pack runs through them."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

SCENARIOS = [
    "documented-example",
    "created-client-is-listed",
    "name-is-kept",
    "deleted-client-is-refused",
    "secret-is-shown-once",
    "new-set-works",
    "old-set-stays",
    "foreign-token",
    "accepted-and-passed-on",
]


def test_the_pack_runs_through_a_dashboard(conform, root, tmp_path):
    key = secrets.token_urlsafe(32)
    # few at a time: each operation starts a browser
    command = [conform, "run", "--target", "Scenarios/targets/dashboard.yaml", "--reports", tmp_path]
    command += ["--jobs", "2", "--verbose"]
    for scenario in SCENARIOS:
        command += ["--only", scenario]
    # the program needs the Python that has Selenium
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "CONFORM": str(conform), "CONFORM_MANAGER_KEY": key, "PATH": path}
    run = subprocess.run(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, env=environment
    )
    assert run.returncode == 0, run.stdout
    # none was skipped for a missing operation
    for scenario in SCENARIOS:
        assert f"PASSED {scenario}" in run.stdout, run.stdout
    assert all(key not in path.read_text() for path in tmp_path.iterdir())


def test_a_wrong_key_is_reported_with_the_message_of_the_dashboard(conform, root, tmp_path):
    program = root / "Scenarios/targets/dashboard-by-browser"
    key = "a-key-that-is-not-the-managers"
    service = subprocess.Popen(
        [conform, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CONFORM_MANAGER_KEY": "another"},
    )
    try:
        url = service.stdout.readline().strip()
        order = '{"operation": "list", "connector": {"name": "orders"}}'
        run = subprocess.run(
            [sys.executable, program, url],
            input=order,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "CONFORM_MANAGER_KEY": key},
        )
    finally:
        service.terminate()
        service.wait(timeout=30)
        service.stdout.close()
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "the dashboard says: This is not the manager key\n")
