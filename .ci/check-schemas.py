"""Validates every scenario, target and requirement file of a pack by its JSON Schema, and refuses wrong ones."""
import json
import pathlib
import sys

import jsonschema
import yaml

pack = pathlib.Path(sys.argv[1])


class Loader(yaml.SafeLoader):
    """YAML 1.2's core types: dates and yes/no are text, as the loader of conform has it."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp",)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validator(name):
    schema = json.loads((pack / "schema" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


scenario, target, requirements = (validator(f"{n}.schema.json") for n in ("scenario", "target", "requirements"))
bad = 0
checked = 0
for path in sorted(pack.rglob("*.yaml")):
    relative = path.relative_to(pack)
    kind = requirements if relative.name == "requirements.yaml" else target if relative.parts[0] == "targets" else scenario
    checked += 1
    for error in kind.iter_errors(yaml.load(path.read_text(), Loader)):
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
        print(f"the schema lets this pass:\n{text}")
print(f"{checked} files and {len(WRONG)} wrong ones checked, {bad} mistakes")
sys.exit(1 if bad else 0)
