#!/usr/bin/env python3
"""Finds retired words: .ci/check-words.py [--count]

.ci/retired-words.tsv lists one a line: a regular expression, the word to use instead, where it is looked for
(`code` for Swift and C identifiers, `text` for prose, comments and strings, `all` for both) and, optionally, a regular
expression of lines (as `path: text`) that are excepted, with the reason behind ` # `.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SELF = {".ci/retired-words.tsv", ".ci/check-words.py", ".github/CHANGELOG.md"}
CODE = {".swift", ".c", ".h"}
TEXT = CODE | {".md", ".yaml", ".yml", ".py", ".js", ".css", ".html", ".txt", ".json", ".xml", ""}


def rules():
    for number, line in enumerate((ROOT / ".ci/retired-words.tsv").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) not in (3, 4):
            sys.exit(f".ci/retired-words.tsv:{number}: expected 3 or 4 fields, separated by tabs")
        pattern, instead, scope = fields[:3]
        excepted = re.compile(fields[3].split(" # ")[0]) if len(fields) == 4 else None
        yield re.compile(pattern), instead, scope, excepted


def identifiers(line):
    """The line without comments and string literals."""
    return re.sub(r'//.*|"(?:\\.|[^"\\])*"', " ", line)


def main():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True).stdout.splitlines()
    known = list(rules())
    found = []
    for name in listed:
        path = ROOT / name
        if name in SELF or path.suffix not in TEXT or not path.is_file() or path.is_symlink():
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            code = identifiers(line) if path.suffix in CODE else ""
            for pattern, instead, scope, excepted in known:
                if scope == "code" and path.suffix not in CODE:
                    continue
                subject = code if scope == "code" else line
                if pattern.search(subject) and not (excepted and excepted.search(f"{name}: {line}")):
                    found.append((pattern.pattern, f"{name}:{number}: {line.strip()[:100]}  -> {instead}"))
    if "--count" in sys.argv:
        counts = {}
        for pattern, _ in found:
            counts[pattern] = counts.get(pattern, 0) + 1
        for pattern, count in sorted(counts.items(), key=lambda item: -item[1]):
            print(f"{count:5} {pattern}")
    else:
        for _, text in found:
            print(text)
    print(f"{len(known)} retired words looked for, {len(found)} found")
    sys.exit(1 if found else 0)


main()
