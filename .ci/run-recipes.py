"""Executes the scripts of the recipes for a live deployment, as the CI systems would: run-recipes.py FOLDER PROGRAM

FOLDER is that of check-recipes.py. The deployment is a reference service of its own on this machine. Between the two
jobs, its clock and that of the second job are advanced by 27 hours: libconform-clock-preload.so is next to the program.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.request

import yaml

recipes = pathlib.Path(sys.argv[1])
program = pathlib.Path(sys.argv[2]).resolve()
library = program.parent / "libconform-clock-preload.so"
DELAY = 27 * 3600
SECRETS = {"CLIENT_SECRET": "unused", "CONFORM_PENDING_KEY": "a key of at least sixteen bytes"}
MANAGER_KEY = "the-key-of-the-manager-of-the-deployment"
GH = """#!/bin/sh
[ "$1 $2" = "api repos/acme/shop/actions/artifacts?name=pending" ] && [ "$GH_TOKEN" = github.token ] || exit 1
echo 4711
"""


class Deployment:
    """A reference service, as a target whose clock only this script moves."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True,
            env=os.environ | {"CONFORM_MANAGER_KEY": MANAGER_KEY})
        self.url = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def request(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=body and json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {MANAGER_KEY}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read() or b"null")

    def advance(self):
        now = self.request("GET", "/control/clock")["now"]
        seconds = int(subprocess.check_output(["date", "--utc", "--date", now, "+%s"])) + DELAY
        text = subprocess.check_output(["date", "--utc", "--date", f"@{seconds}", "+%Y-%m-%dT%H:%M:%SZ"], text=True)
        self.request("PUT", "/control/clock", {"now": text.strip()})

    def clients(self):
        return [self.request("GET", f"/connectors/{name}/clients") for name in ["orders", "products"]]

    def target(self):
        text = pathlib.Path("Scenarios/targets/reference.yaml").read_text(encoding="utf-8")
        text = text[:text.index("\nclock:")] + "\nclock: { driver: wall }\n"
        return (
            text.replace("launch: reference-service\n", "").replace("environment: disposable", "environment: live")
            .replace("${service.url}", self.url).replace("${service.manager-key}", "${env.MANAGER_KEY}"))


class Machine:
    """A runner with a checkout of the repository, and programs in its PATH."""

    def __init__(self, root, deployment, name):
        self.work = root / name
        (self.work / "targets").mkdir(parents=True)
        (self.work / "targets/live.yaml").write_text(deployment.target(), encoding="utf-8")
        programs = root / f"{name}-bin"
        programs.mkdir()
        (programs / "conform").symlink_to(program)
        (programs / "gh").write_text(GH, encoding="utf-8")
        (programs / "gh").chmod(0o755)
        self.output = root / f"{name}-output"
        self.environment = {
            "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(root), "MANAGER_KEY": MANAGER_KEY,
            "GITHUB_REPOSITORY": "acme/shop", "GITHUB_OUTPUT": str(self.output)}

    def later(self, root):
        """The clock of the machine is that of a day later."""
        cells = root / "clock"
        cells.write_bytes(struct.pack("=qqq", 0x316D726F666E6F63, DELAY * 10**9, 0))
        self.environment |= {"LD_PRELOAD": str(library), "CONFORM_CLOCK_FILE": str(cells)}

    def run(self, script, variables):
        result = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], cwd=self.work, env=self.environment | variables,
            capture_output=True, text=True, timeout=300)
        return result.returncode, result.stdout + result.stderr


def value(text):
    """An expression of GitHub Actions."""
    name = text.removeprefix("${{ ").removesuffix(" }}")
    return SECRETS[name.removeprefix("secrets.")] if name.startswith("secrets.") else name


def github(name):
    workflow = yaml.safe_load((recipes / "github" / name).read_text(encoding="utf-8"))
    jobs = {}
    for key, job in workflow["jobs"].items():
        common = workflow.get("env", {}) | job.get("env", {})
        scripts = [
            (step["run"], {k: value(v) for k, v in (common | step.get("env", {})).items()})
            for step in job["steps"] if "run" in step]
        uses = {step["uses"].split("@")[0]: step["with"] for step in job["steps"] if "with" in step}
        jobs[key] = (scripts, uses)
    return jobs


def gitlab():
    file = next(path for path in (recipes / "gitlab").iterdir() if "resume" in path.read_text(encoding="utf-8"))
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert jobs["resume"]["needs"] == ["run"], "the second job gets the artifacts of the first"
    return {key: ([("\n".join(jobs[key]["script"]), SECRETS)], jobs[key]["artifacts"]) for key in ["run", "resume"]}


def execute(name, jobs, artifact, faults, expected):
    with tempfile.TemporaryDirectory() as text, Deployment(*(f"--fault={fault}" for fault in faults)) as deployment:
        root = pathlib.Path(text)
        before = deployment.clients()
        first = Machine(root, deployment, "first")
        for script, variables in jobs["run"][0]:
            status, output = first.run(script, variables)
            assert status == 0, (name, status, output)
        pending = (first.work / artifact / "pending.jsonl").read_text(encoding="utf-8")
        assert '"sealed"' in pending and "access_token" not in pending and "secret" not in pending, pending[:500]
        deployment.advance()
        second = Machine(root, deployment, "second")
        second.later(root)
        shutil.copytree(first.work / artifact, second.work / artifact)
        for script, variables in jobs["resume"][0]:
            status, output = second.run(script, variables)
        assert status == expected, (name, status, output)
        assert not (second.work / artifact / "pending.jsonl").exists(), output
        assert deployment.clients() == before, "a client is left"
        line = next(line for line in output.splitlines() if " cases: " in line)
        print(f"{name}{': ' + ', '.join(faults) if faults else ''}: {line}")
        return second.output.read_text(encoding="utf-8") if second.output.exists() else ""


jobs = github("expiry.yml")
(uploaded, downloaded) = (jobs["run"][1]["actions/upload-artifact"], jobs["resume"][1]["actions/download-artifact"])
assert uploaded["name"] == downloaded["name"] and uploaded["path"] == downloaded["path"], "the artifact of the first job"
assert downloaded["run-id"] == "${{ steps.last.outputs.run }}"
assert execute("GitHub Actions", jobs, uploaded["path"], [], 0) == "run=4711\n", "the id of the first run"
execute("GitHub Actions", jobs, uploaded["path"], ["tokens-never-expire"], 1)
jobs = gitlab()
execute("GitLab", jobs, jobs["run"][1]["paths"][0], [], 0)

with tempfile.TemporaryDirectory() as text, Deployment() as deployment:
    before = deployment.clients()
    machine = Machine(pathlib.Path(text), deployment, "smoke")
    for script, variables in github("smoke.yml")["smoke"][0]:
        status, output = machine.run(script, variables)
        assert status == 0 and "\nCONFORMS: " in output, (status, output)
    assert deployment.clients() == before, "a client is left"
    print("smoke test: " + next(line for line in output.splitlines() if " cases: " in line))
