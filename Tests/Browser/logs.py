"""Reading and writing run logs, and hostile texts of endpoints."""

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
    log.write_text("".join(json.dumps(item, separators=(",", ":")) + "\n" for item in items), encoding="utf-8")
