"""Checks JUnit files: well-formed, unique names, counters that equal the children."""
import sys

from junitparser import JUnitXml
from lxml import etree

OUTCOMES = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def check(path):
    root = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()
    problems = []
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    seen = set()
    for suite in suites:
        cases = suite.findall("testcase")
        if int(suite.get("tests")) != len(cases):
            problems.append(f"suite {suite.get('name')}: tests={suite.get('tests')}, but {len(cases)} cases")
        for counter, tag in OUTCOMES.items():
            count = sum(1 for case in cases if case.find(tag) is not None)
            if int(suite.get(counter, 0)) != count:
                problems.append(f"suite {suite.get('name')}: {counter}={suite.get(counter)}, but {count} cases")
        for case in cases:
            name = (suite.get("name"), case.get("classname"), case.get("name"))
            if name in seen:
                problems.append(f"duplicate name {name}")
            seen.add(name)
    read = sum(len(list(suite)) for suite in JUnitXml.fromfile(path)) if root.tag == "testsuites" else None
    if read is not None and read != len(seen):
        problems.append(f"junitparser reads {read} cases of {len(seen)}")
    return problems


failed = False
for path in sys.argv[1:]:
    for problem in check(path):
        failed = True
        print(f"{path}: {problem}", file=sys.stderr)
print(f"{len(sys.argv) - 1} JUnit files")
sys.exit(1 if failed else 0)
