"""Checks the other report formats: .ci/check-reports.py FOLDER, with a subfolder for each format."""
import json
import pathlib
import re
import sys
import uuid

import jsonschema
import yaml
from tap.parser import Parser

SCHEMA = json.loads((pathlib.Path(__file__).parent / "ctrf.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(SCHEMA)
CTRF = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def tap(text):
    """TAP 14, parsed by tap.py; PyYAML parses the YAML blocks."""
    lines = list(Parser().parse_text(text))
    assert lines[0].category == "version" and lines[0].version == 14, "no version"
    plans = [line for line in lines if line.category == "plan"]
    assert len(plans) == 1, f"{len(plans)} plans"
    points = [line for line in lines if line.category == "test"]
    assert len(points) == plans[0].expected_tests, f"{len(points)} points of {plans[0].expected_tests}"
    assert [point.number for point in points] == list(range(1, len(points) + 1)), "numbers"
    unknown = [line for line in lines if line.category == "unknown"]
    assert not unknown, f"{len(unknown)} lines are not TAP"
    blocks = 0
    for point in points:
        # an escaped # in a description is not a directive
        assert not point.todo, "an unexpected TODO"
        if point.yaml_block is None:
            assert point.ok, "not ok without a block"
            continue
        blocks += 1
        block = point.yaml_block
        assert isinstance(block["message"], str) and block["severity"] in ("fail", "error", "warning"), block
        assert isinstance(block["at"]["file"], str) and isinstance(block["at"]["line"], int), block
        assert point.ok == (block["severity"] == "warning"), block["severity"]
    assert text.count("\n  ---\n") == blocks, "the parser missed blocks"


def ctrf(text):
    report = json.loads(text)
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in CTRF.iter_errors(report)]
    assert not errors, errors[:3]
    tests, summary = report["results"]["tests"], report["results"]["summary"]
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == sum(test["status"] == status for test in tests), status
    assert summary["tests"] == len(tests) and summary["start"] <= summary["stop"]
    ids = [uuid.UUID(test["id"]) for test in tests]
    assert len(set(ids)) == len(ids), "duplicate ids"
    # section 4.6.1: extension keys have the prefix of the tool
    for extra in [report["results"]["extra"], summary["extra"]] + [test["extra"] for test in tests]:
        assert all(key.startswith("conform.") for key in extra), list(extra)


def gitlab(text):
    """The members that GitLab documents, none of them empty, and unique fingerprints."""
    assert not text.startswith("\ufeff"), "a byte order mark"
    issues = json.loads(text)
    for issue in issues:
        for name in ("description", "check_name", "fingerprint"):
            assert isinstance(issue[name], str) and issue[name], name
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker"), issue["severity"]
        assert isinstance(issue["location"]["lines"]["begin"], int) and issue["location"]["lines"]["begin"] >= 1
        assert issue["location"]["path"] and not issue["location"]["path"].startswith("./"), issue["location"]
        assert re.fullmatch("[0-9a-f]{64}", issue["fingerprint"])
    assert len({issue["fingerprint"] for issue in issues}) == len(issues), "duplicate fingerprints"


def github(text):
    """The rules of the runner: a line is a command if it starts with ::, after white space. Properties end at the next
    ::, data at the end of the line. %-escapes are decoded last. ##[ is a command anywhere in a line."""
    # line breaks of .NET and of other readers
    lines = text.splitlines()
    assert lines == text.rstrip("\n").split("\n") if text else not lines, "an unintended line break"
    counts = {"error": 0, "warning": 0}
    for line in lines:
        assert "##[" not in line
        match = re.match(r"::(error|warning)( [^:]*(?::(?!:)[^:]*)*)?::(.*)$", line)
        assert match, line[:200]
        counts[match[1]] += 1
        properties = dict(part.split("=", 1) for part in match[2].strip().split(","))
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}, properties
        assert not set(re.sub("%(25|0D|0A|3A|2C)", "", "".join(properties.values()))) & set("%:,\r\n"), properties
        assert "%" not in re.sub("%(25|0D|0A)", "", match[3]), line[:200]
        if "file" in properties:
            assert properties["line"].isdigit() and properties["line"] == properties["endLine"]
        assert match[3].strip(), "an annotation without text"
    # the runner shows ten of a kind for a step
    assert max(counts.values()) <= 10, counts


def summary(text):
    assert len(text.encode()) <= 1 << 20 and text.startswith("## ")
    assert "\0" not in text and "\x1b" not in text
    # every opening fence has a closing fence of the same length
    fence = None
    for line in text.split("\n"):
        run = re.match("`{3,}", line)
        if fence is None and run:
            fence = run[0]
        elif fence and line == fence:
            fence = None
    assert fence is None, "a fence is not closed"


CHECKS = {"tap": tap, "ctrf": ctrf, "gitlab": gitlab, "github": github, "summary": summary}

folder = pathlib.Path(sys.argv[1])
bad = 0
for shape, check in CHECKS.items():
    files = sorted((folder / shape).iterdir())
    for file in files:
        try:
            check(file.read_bytes().decode("utf-8"))
        except Exception as error:
            bad += 1
            print(f"{file}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    print(f"{shape}: {len(files)} reports")
    if not files:
        bad += 1
        print(f"the tests kept no {shape} report", file=sys.stderr)
sys.exit(1 if bad else 0)
