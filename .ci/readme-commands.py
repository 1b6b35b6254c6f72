"""Prints the commands of all `sh` blocks of a Markdown file, one per line, in order."""
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S):
    print(block, end="")
