"""Executes the scripts of the GitHub action and of the GitLab job, as a runner would: check-ci-files.py PACKAGE

A program in the place of apt-get unpacks the package, so that nothing is installed on this machine.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

package = pathlib.Path(sys.argv[1]).resolve()
APT = """#!/bin/sh
for word; do
  case $word in
    *.deb) [ -f "$word" ] && dpkg-deb -x "$word" "$ROOT" && exit ;;
  esac
done
"""


def run(name, script, environment, expected, folder):
    """Runs a script as a runner does: bash, stopping at the first failure."""
    result = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == expected, (name, result.returncode, result.stdout, result.stderr)
    return result.stdout


def check(name, scripts, values):
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        (folder / "bin").mkdir()
        (folder / "work").mkdir()
        for program in ["apt-get", "sudo"]:
            path = folder / "bin" / program
            path.write_text(APT if program == "apt-get" else '#!/bin/sh\nexec "$@"\n', encoding="utf-8")
            path.chmod(0o755)
        environment = {
            "PATH": f"{folder}/bin:{folder}/root/usr/bin:/usr/bin:/bin", "HOME": str(folder), "ROOT": str(folder / "root"),
            "RUNNER_TEMP": str(folder)} | values
        for index, script in enumerate(scripts):
            output = run(name, script, environment, 0, folder / "work")
        assert "\nCONFORMS: " in output, output
        assert (folder / "work/Reports/junit.xml").exists()
        # a URL is fetched; what is no package stops the job
        broken = environment | {"PACKAGE": "http://127.0.0.1:1/conform.deb"}
        result = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(scripts[:-1])], cwd=folder / "work", env=broken, capture_output=True,
            text=True, timeout=60)
        assert result.returncode != 0, "a package that cannot be fetched does not stop the job"


values = {
    "PACKAGE": str(package), "TARGET": "builtin/targets/reference.yaml", "ARGUMENTS": "--only documented-example --only leap-day",
    "REPORTS": "Reports"}
action = yaml.safe_load(open(".github/actions/conform/action.yml", encoding="utf-8"))
steps = [step for step in action["runs"]["steps"] if "run" in step]
used = set(re.findall(r"\$\{\{ inputs\.([a-z]+) \}\}", open(".github/actions/conform/action.yml", encoding="utf-8").read()))
assert used == set(action["inputs"]), used
check("GitHub", [step["run"] for step in steps], values)
header, jobs = yaml.safe_load_all(open(".gitlab/conform.yml", encoding="utf-8"))
used = set(re.findall(r"\$\[\[ inputs\.([a-z]+) \]\]", open(".gitlab/conform.yml", encoding="utf-8").read()))
assert used == set(header["spec"]["inputs"]), used
# the lines of a job share one shell
check("GitLab", ["\n".join(jobs["conform"]["script"][:-1]), jobs["conform"]["script"][-1]], values)
os.makedirs(".venv", exist_ok=True)
with open(".venv/gitlab-job.yml", "w", encoding="utf-8") as file:
    yaml.safe_dump(jobs, file)
print("the action and the job install and run the package")
