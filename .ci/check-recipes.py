"""Checks the CI recipes of a guide: valid YAML with the required keys, and only existing commands and options."""
import re
import shlex
import subprocess
import sys

import yaml

guide, program = sys.argv[1:]
text = open(guide, encoding="utf-8").read()
blocks = re.findall(r"^```(yaml|groovy)\n(.*?)^```$", text, re.M | re.S)
github, gitlab = (yaml.safe_load(block) for language, block in blocks if language == "yaml")
jenkins = next(block for language, block in blocks if language == "groovy")

# YAML 1.1 reads the key `on` as true
assert github["name"] and github[True] and github["jobs"], github.keys()
for job in github["jobs"].values():
    assert job["runs-on"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert set(job.get("needs", "").split()) <= set(github["jobs"])
assert all(gitlab[job]["stage"] in gitlab["stages"] and gitlab[job]["script"] for job in gitlab if job != "stages")
assert jenkins.count("{") == jenkins.count("}") and jenkins.count("'") % 2 == 0

commands = [step["run"] for job in github["jobs"].values() for step in job["steps"] if "run" in step]
commands += [line for job, value in gitlab.items() if job != "stages" for line in value["script"]] + re.findall(r"sh '(.*)'", jenkins)
assert len(commands) >= 5, commands
for command in commands:
    words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "1", command))
    assert words[0] == "conform", command
    known = subprocess.run([program, words[1], "--help"], capture_output=True, text=True, check=True).stdout
    for word in words[2:]:
        assert not word.startswith("--") or re.search(rf"{re.escape(word)}\b", known), f"{command}: unknown option {word}"
    reports = [words[i + 1] for i, word in enumerate(words) if word == "--report"]
    assert all(f"{report}," in known or f"{report};" in known for report in reports), command
# the collected paths are those of the written reports
names = set(re.findall(r"^\| `[a-z-]+` \| `([^`]+)` \|", text, re.M))
for path in [gitlab["merge"]["artifacts"]["reports"]["junit"], gitlab["merge"]["artifacts"]["reports"]["codequality"]]:
    assert path.removeprefix("Reports/") in names, path
print(f"{len(commands)} commands in {len(blocks)} recipes")
