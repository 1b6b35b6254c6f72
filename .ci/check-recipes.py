"""Checks the CI recipes of a guide, and writes them into a folder: check-recipes.py GUIDE PROGRAM FOLDER

Each is valid YAML with the required keys, and has only existing commands and options. The files in the folder are for
the schemas of the CI systems, and for run-recipes.py.
"""
import pathlib
import re
import shlex
import subprocess
import sys

import yaml

guide, program, folder = sys.argv[1:]
text = open(guide, encoding="utf-8").read()
blocks = re.findall(r"^```(yaml|groovy)\n(.*?)^```$", text, re.M | re.S)
jenkins = next(block for language, block in blocks if language == "groovy")
recipes = {"github": [], "gitlab": []}
for language, block in blocks:
    if language != "yaml":
        continue
    name = re.match(r"# (\S+)", block).group(1)
    system = "github" if name.startswith(".github/workflows/") else "gitlab"
    recipes[system].append((name, block, yaml.safe_load(block)))
assert [len(recipes[system]) for system in ["github", "gitlab"]] == [3, 2], "the recipes of the guide"


def conform_commands(script):
    """The calls of the program in a script, each as its words."""
    for line in script.splitlines():
        for part in re.split(r"\|\||&&|;", re.sub(r"\$\{\{.*?\}\}", "1", line)):
            if part.split()[:1] == ["conform"]:
                yield shlex.split(part)


commands = []
for name, _, github in recipes["github"]:
    # YAML 1.1 reads the key `on` as true
    assert github["name"] and github[True] and github["jobs"], github.keys()
    for job in github["jobs"].values():
        assert job["runs-on"]
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
        assert set(job.get("needs", "").split()) <= set(github["jobs"])
        scripts = [step["run"] for step in job["steps"] if "run" in step]
        found = [words for script in scripts for words in conform_commands(script)]
        assert found, f"{name}: a job without conform"
        commands += found
for name, _, gitlab in recipes["gitlab"]:
    for job, value in gitlab.items():
        if job != "stages":
            assert value["stage"] in gitlab["stages"] and value["script"]
            commands += [words for line in value["script"] for words in conform_commands(line)]
assert jenkins.count("{") == jenkins.count("}") and jenkins.count("'") % 2 == 0
commands += [words for script in re.findall(r"sh '(.*)'", jenkins) for words in conform_commands(script)]
assert len(commands) >= 10, commands
for words in commands:
    known = subprocess.run([program, words[1], "--help"], capture_output=True, text=True, check=True).stdout
    for word in words[2:]:
        assert not word.startswith("--") or re.search(rf"{re.escape(word)}\b", known), f"{words}: unknown option {word}"
    reports = [words[i + 1] for i, word in enumerate(words) if word == "--report"]
    assert all(f"{report}," in known or f"{report};" in known for report in reports), words
# the collected paths are those of the written reports
names = set(re.findall(r"^\| `[a-z-]+` \| `([^`]+)` \|", text, re.M))
for _, _, gitlab in recipes["gitlab"]:
    for job in gitlab.values():
        for path in job.get("artifacts", {}).get("reports", {}).values() if isinstance(job, dict) else []:
            assert path.removeprefix("Reports/") in names, path
for system, all_of_system in recipes.items():
    for index, (name, block, _) in enumerate(all_of_system):
        path = pathlib.Path(folder) / system / (pathlib.Path(name).name if system == "github" else f"{index}.yml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
print(f"{len(commands)} commands in {len(blocks)} recipes")
