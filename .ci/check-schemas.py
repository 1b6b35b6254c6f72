"""Validates every scenario, target and requirement file of a pack, and run logs, by their JSON Schemas; refuses wrong ones.

    check-schemas.py PACK [run.jsonl ...]
"""
import json
import pathlib
import sys

import jsonschema
import yaml

pack = pathlib.Path(sys.argv[1])


class Loader(yaml.SafeLoader):
    """YAML 1.2's core types: dates and yes/no are text, as in the loader of conform."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp",)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validator(name):
    schema = json.loads((pack / "schema" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


scenario, fragment, target, expected, requirements, invariants = (
    validator(f"{n}.schema.json") for n in ("scenario", "fragment", "target", "expected", "requirements", "invariants")
)


def kind(relative):
    if relative.name == "requirements.yaml":
        return requirements
    if relative.name == "invariants.yaml":
        return invariants
    if relative.parts[0] != "targets":
        return fragment if "fragments" in relative.parts[:-1] else scenario
    return expected if relative.name.endswith(".expected.yaml") else target


bad = 0
checked = 0
for path in sorted(pack.rglob("*.yaml")):
    relative = path.relative_to(pack)
    checked += 1
    for error in kind(relative).iter_errors(yaml.load(path.read_text(), Loader)):
        bad += 1
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")

GOOD = "title: x\ncovers: [A]\nsteps:\n  - http: { url: / }\n    expect: { status: 200 }\n"
WRONG = [
    GOOD.replace("title", "titel"), GOOD.replace("covers: [A]\n", ""), GOOD.replace("http", "htp"), GOOD.replace("{ url: / }", "{ ulr: / }"),
    GOOD.replace("expect: { status: 200 }", "expect: { statsu: 200 }"), GOOD.replace("expect: { status: 200 }", "expect: yes please"),
    GOOD + "    wait: 1s\n", GOOD + "when: { lost-secret: maybe }\n", GOOD + "cases: []\n", "title: x\ncovers: [A]\nsteps: []\n",
]
assert not list(scenario.iter_errors(yaml.load(GOOD, Loader)))
for text in WRONG:
    if not list(scenario.iter_errors(yaml.load(text, Loader))):
        bad += 1
        print(f"the schema accepts this:\n{text}")
STEPS = "parameters: { auth: { default: basic }, n: }\noutputs: [t]\nsteps:\n  - repeat: \"${n}\"\n    steps: [{ request-token: { as: t, auth: \"${auth}\" } }]\n"
WRONG_FRAGMENTS = [
    STEPS.replace("outputs", "output"), STEPS.replace("default", "defalt"), STEPS.replace("auth: \"${auth}\"", "auth: basik"),
    STEPS.replace("${n}", "n"), STEPS.replace("as: t, auth:", "as: t, ath:"), "parameters: {}\n", STEPS + "covers: A\n",
]
assert not list(fragment.iter_errors(yaml.load(STEPS, Loader)))
for text in WRONG_FRAGMENTS:
    if not list(fragment.iter_errors(yaml.load(text, Loader))):
        bad += 1
        print(f"the schema accepts this:\n{text}")
MINE = "target: x\nbase-url: https://example.com\ntoken: { url: /token }\nconnectors:\n  one: { inbound-url: /in }\n"
WRONG_TARGETS = [
    MINE.replace("token", "tokens"), MINE.replace("{ url: /token }", "{ url: /token, method: PUT }"), MINE.replace("inbound-url", "url"),
    MINE + "clock: { driver: sundial }\n", MINE + "clients: { static: [] }\n", MINE + "clients: { command: make-client }\n",
    MINE + "launch: { command: [] }\n", MINE + "rate: fast\n", MINE + "environment: production\n", MINE + "clients: { rfc7591: {} }\n",
]
assert not list(target.iter_errors(yaml.load(MINE, Loader)))
for text in WRONG_TARGETS:
    if not list(target.iter_errors(yaml.load(text, Loader))):
        bad += 1
        print(f"the schema accepts this:\n{text}")
log = validator("run-log.schema.json")
lines = 0
for path in sys.argv[2:]:
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        lines += 1
        event = json.loads(line)
        for error in log.iter_errors(event):
            bad += 1
            # of the ten kinds of events, the errors of this one
            own = [e for e in error.context if e.schema_path[0] == next(
                (i for i, kind in enumerate(log.schema["oneOf"]) if kind["properties"]["event"]["const"] == event.get("event")), -1)]
            for e in own or [error]:
                print(f"{path}:{number}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}")
START = {"event": "case-started", "n": 1, "wall": 1, "simulated": 1}
WRONG_EVENTS = [
    {}, {"event": "other"}, {**START, "n": -1}, {**START, "n": 1.5}, {**START, "n": "1"}, {**START, "more": 1},
    {k: v for k, v in START.items() if k != "wall"}, {**START, "wall": 1 << 53}, {"event": "requirements", "requirements": [{}]},
    {"event": "client-created", "id": "a", "connector": "fourth"},
]
assert not list(log.iter_errors(START))
for event in WRONG_EVENTS:
    if not list(log.iter_errors(event)):
        bad += 1
        print(f"the schema lets this pass: {event}")
print(f"{lines} lines of {len(sys.argv) - 2} run logs and {len(WRONG_EVENTS)} wrong events checked")
print(f"{checked} files and {len(WRONG) + len(WRONG_FRAGMENTS) + len(WRONG_TARGETS)} wrong ones checked, {bad} mistakes")
sys.exit(1 if bad else 0)
