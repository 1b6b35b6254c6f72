"""Reading and writing run logs, and hostile texts of endpoints."""

import hashlib
import json

# all of these are shown as text
HOSTILE = [
    "</script><script>document.title='broken'</script>",
    "<img src=x onerror=\"document.title='broken'\">",
    "<!--",
    "\" onmouseover=\"document.title='broken'",
    "\"\u0301 autofocus onfocus=document.title='broken' \u0301\"",
    "{{{data}}}",
    "\u202etxt.exe",
    "\u0000\u001b[31m",
    "javascript:document.title='broken'",
    "x" * 200_000,
]


def events(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def write(log, items):
    write_lines(log, (json.dumps(item, separators=(",", ":")) for item in items))


def write_lines(log, lines):
    """Writes the lines as a run log: the event run-finished ends with the SHA-256 of the log up to its digest."""
    digest = hashlib.sha256()
    with log.open("w", encoding="utf-8") as file:
        for line in lines:
            if line.startswith('{"event":"run-finished"'):
                event = {name: value for name, value in json.loads(line).items() if name != "digest"}
                members = json.dumps(event, separators=(",", ":"))[:-1]
                whole = digest.copy()
                whole.update(members.encode())
                line = f'{members},"digest":"{whole.hexdigest()}"}}'
            digest.update(line.encode() + b"\n")
            file.write(line + "\n")
