#!/usr/bin/env python3
"""Shows which kinds of programs follow a simulated clock.

Usage: matrix.py CONFORM-CLOCK LIBRARY [--write GUIDE | --check GUIDE]

Each program prints the time for each line that it reads, or answers requests with it: by a function of its language
and, in C, by a system call. A day is added between two lines. Then conform-clock is killed, and the program must end.
Prints the table of the guide. Kinds whose tools are missing are left out, with a note on standard error. The exit
status is 1 if a program did not follow conform-clock.

--write puts the rows into the table of the file GUIDE; --check compares them with it. Rows that were left out stay.
"""
import argparse
import http.client
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from kinds import kinds

START, DAY = 6_802_135_388, 86400
# A program that gives no answer in this time does not follow.
LIMIT = 60
HEAD = "| program | conform-clock | conform-clock that stays attached | preloaded library |"


def clock(path, seconds):
    with open(path, "r+b" if os.path.exists(path) else "w+b") as file:
        file.write(struct.pack("<Qqq", 0x316D726F666E6F63, 0, seconds * 10**9))


class Program:
    """A program that is asked for its time: by a line, or by requests."""

    def __init__(self, kind, words, environment):
        self.kind = kind
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
            start_new_session=True,
        )

    def times(self):
        """The words of the answer: the time, in each way of reading it or of each worker."""
        if self.kind.port:
            return self.answers()
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.process.stdout.readline().split()

    def answers(self):
        """The answers of all workers, once all are there."""
        shown = self.round()
        while shown and len(shown) < self.kind.workers:
            shown = self.round()
        return list(shown.values())

    def round(self):
        """One connection for each worker, which serves one at a time; then the requests. The times by worker."""
        connections = []
        while len(connections) < self.kind.workers:
            connection = http.client.HTTPConnection("127.0.0.1", self.kind.port, timeout=LIMIT)
            try:
                connection.connect()
                connections.append(connection)
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    return {}
        shown = {}
        for connection in connections:
            connection.request("GET", "/", headers={"Connection": "close"})
            worker, seconds = connection.getresponse().read().decode().split()
            shown[worker] = seconds
            connection.close()
        return shown

    def ends_if_killed(self):
        """Whether the program ends with conform-clock: nobody holds its output open any more."""
        self.process.kill()
        ended = self.process.stdout.read() == ""
        self.process.wait()
        return ended

    def end(self):
        """Ends what is left of it, as conform does."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        if self.kind.port and self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def follows(path, kind, words, environment):
    """Whether the time, and that after an advance, are the simulated ones: for each way of reading the clock."""
    clock(path, START)
    program = Program(kind, words, environment)
    shown = []
    signal.alarm(LIMIT)
    try:
        for seconds in (START, START + DAY):
            clock(path, seconds)
            shown.append([word == str(seconds) for word in program.times()])
    except (TimeoutError, http.client.HTTPException, ConnectionError):
        shown = []
    finally:
        signal.alarm(0)
        program.end()
    return [all(pair) for pair in zip(*shown)] if shown and all(shown) else [False]


def dies(path, kind, words):
    """Whether the program ends if conform-clock is killed. What it has started itself remains: conform ends that."""
    program = Program(kind, words, os.environ)
    signal.alarm(LIMIT)
    try:
        return bool(program.times()) and program.ends_if_killed()
    except TimeoutError:
        return False
    finally:
        signal.alarm(0)
        program.end()


def row(kind, helper, library, path):
    """The cells of a kind, and whether it follows conform-clock."""
    kind.build()
    cells, is_right = [], True
    for mode in ("notify", "stay", None):
        words = [helper, "--clock", path, "--mode", mode, "--"] if mode else []
        preload = {} if mode else {"LD_PRELOAD": library, "CONFORM_CLOCK_FILE": path}
        words = kind.before + words + kind.command
        found = follows(path, kind, words, os.environ | preload)
        if mode and not all(found):
            is_right = False
            print(f"{kind.name}, {mode}: it does not follow", file=sys.stderr)
        if mode and not starts_others(kind) and not dies(path, kind, words):
            is_right = False
            print(f"{kind.name}, {mode}: it does not end with conform-clock", file=sys.stderr)
        only_calls = len(found) == 2 and found[0] and not found[1]
        cells.append("yes" if all(found) else "yes; not by system calls" if only_calls else "no")
    return f"| {kind.name} | {' | '.join(cells)} |", is_right


def starts_others(kind):
    return kind.port or "PostgreSQL" in kind.name


def read_rows(guide):
    """The lines before the rows of the table, the rows by their kinds, and the lines behind them."""
    lines = guide.read_text().splitlines()
    first = lines.index(HEAD) + 2
    end = first
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return lines[:first], {line.split("|")[1].strip(): line for line in lines[first:end]}, lines[end:]


def compare(guide, found, names, writes):
    """Writes the table of the guide, or returns whether it is what was found."""
    before, rows, behind = read_rows(guide)
    wanted = {name: found.get(name, rows.get(name)) for name in names if name in found or name in rows}
    if writes:
        guide.write_text("\n".join([*before, *wanted.values(), *behind]) + "\n")
        return True
    for name in [*wanted, *(set(rows) - set(wanted))]:
        if rows.get(name) != wanted.get(name):
            print(f"{guide} has {rows.get(name)}\n{' ' * len(str(guide))} not {wanted.get(name)}", file=sys.stderr)
    if list(rows.items()) == list(wanted.items()):
        return True
    print(f"make the table anew: {sys.argv[0]} ... --write {guide}", file=sys.stderr)
    return False


def raise_timeout(*_):
    raise TimeoutError


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("helper", type=os.path.abspath)
    parser.add_argument("library", type=os.path.abspath)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, raise_timeout)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found, names, all_follow = {}, [], True
    print(HEAD)
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        path = f"{name}/clock"
        clock(path, START)
        # where other users may read them, too
        helper, library = (shutil.copy(file, name) for file in (options.helper, options.library))
        for kind in kinds(pathlib.Path(name), port):
            names.append(kind.name)
            if kind.missing:
                print(f"left out: {kind.name}, since {kind.missing}", file=sys.stderr)
                continue
            found[kind.name], is_right = row(kind, helper, library, path)
            all_follow = all_follow and is_right
            print(found[kind.name], flush=True)
    guide = options.write or options.check
    is_equal = compare(guide, found, names, bool(options.write)) if guide else True
    sys.exit(not (all_follow and is_equal))


if __name__ == "__main__":
    main()
