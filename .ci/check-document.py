"""Checks an HTML document: unique ids, internal links with a target, no external resources, no skipped headings."""
import sys

from lxml import html

tree = html.parse(sys.argv[1]).getroot()
problems = []
ids = [node.get("id") for node in tree.iter() if node.get("id")]
problems += sorted({f"duplicate id {id}" for id in ids if ids.count(id) > 1})
for link in tree.iter("a"):
    target = link.get("href", "")
    # the sections of RFCs are the only links that leave the document
    if target.startswith("https://www.rfc-editor.org/rfc/rfc"):
        continue
    if not target.startswith("#") or target[1:] not in ids:
        problems.append(f"the link {target} has no target in the document")
for node in tree.iter():
    for attribute in ("src", "srcset", "action"):
        if node.get(attribute):
            problems.append(f"<{node.tag}> loads {node.get(attribute)}")
headings = [int(node.tag[1]) for node in tree.iter("h1", "h2", "h3", "h4")]
if any(after > before + 1 for before, after in zip(headings, headings[1:])):
    problems.append("a level of headings is skipped")
print("\n".join(problems) or f"{len(ids)} ids, {sum(1 for _ in tree.iter('a'))} links, {len(headings)} headings")
sys.exit(1 if problems else 0)
