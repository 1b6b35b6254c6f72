"""Executes a tutorial as its reader would: run-tutorial.py TUTORIAL PROGRAM FOLDER

A block of YAML whose first line is a comment with a path is that file. A block of sh is executed in FOLDER, and each line
of the block of text behind it has to be in what it prints, at the start of a line. A command may fail only if that text
says so.
"""
import os
import pathlib
import re
import subprocess
import sys

tutorial, program, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
folder.mkdir(parents=True)
blocks = re.findall(r"^```(\w+)\n(.*?)^```$", tutorial.read_text(), re.M | re.S)
commands = checked = files = 0
for (language, text), (following, expected) in zip(blocks, [*blocks[1:], ("", "")]):
    if language == "yaml":
        path = folder / re.match(r"# (\S+)\n", text)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        files += 1
    if language != "sh":
        continue
    commands += 1
    expected = expected.splitlines() if following == "text" else []
    run = subprocess.run(["bash", "-e", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    if run.returncode != any(line.startswith("FAILED:") for line in expected):
        sys.exit(f"{text}ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    for line in expected:
        checked += 1
        if f"\n{line}" not in "\n" + run.stdout:
            sys.exit(f"{text}does not print:\n{line}\nbut:\n{run.stdout}{run.stderr}")
if not (commands and checked and files):
    sys.exit(f"{tutorial} has no blocks to execute")
print(f"{tutorial.name}: {files} files, {commands} blocks of commands, {checked} lines of output")
