"""Prints the block of a Markdown file in a given language that starts with a given text: readme-block.py FILE LANGUAGE START"""
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
blocks = [block for block in re.findall(rf"^```{sys.argv[2]}\n(.*?)^```$", text, re.M | re.S) if block.startswith(sys.argv[3])]
if len(blocks) != 1:
    sys.exit(f"{sys.argv[1]}: {len(blocks)} blocks of {sys.argv[2]} start with '{sys.argv[3]}', and one is wanted")
print(blocks[0], end="")
