#!/usr/bin/env python3
"""Measures what conform-clock costs.

Usage: measure.py CONFORM-CLOCK [SERVICE] [--launches 300] [--rounds 15] [--check]

Starts and ends a program, and sends requests to SERVICE (the program of Tests/Servers/go), without conform-clock and
with it, in turns, since other work on the machine comes and goes. Prints the medians, and in brackets the quartiles.
The CPU time, of all processes together, hardly depends on other work. With --check, the exit status is 1 if a launch
takes 2 ms more of it, or a request 5 %.
"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

LAUNCH_LIMIT, REQUEST_LIMIT = 0.002, 1.05
# requests that are on their way on one connection
BATCH = 200
REQUEST = b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
WAYS = {"without": None, "conform-clock": "notify", "stays attached": "stay"}


def command(helper, folder, mode, words):
    return ([helper, "--clock", f"{folder}/clock", "--mode", mode, "--"] if mode else []) + words


def show(values, unit, digits):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:,.{digits}f} {unit} ({low:,.{digits}f}–{high:,.{digits}f})"


def launch(words):
    """The time that it takes, and the CPU time, in seconds."""
    start = time.perf_counter()
    process = os.posix_spawn(words[0], words, os.environ)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def measure_launches(helper, folder, count):
    """Returns the largest difference of the medians of the CPU time, in seconds, in the mode that is usual."""
    programs = {"/bin/true": [shutil.which("true")]}
    if shutil.which("cc"):
        pathlib.Path(f"{folder}/empty.c").write_text("int main(void) { return 0; }")
        subprocess.run(["cc", "-static", "-O1", "-o", f"{folder}/empty", f"{folder}/empty.c"], check=True)
        programs["a static C program"] = [f"{folder}/empty"]
    worst = 0
    for name, words in programs.items():
        times = {way: [] for way in WAYS}
        for _ in range(count):
            for way, mode in WAYS.items():
                times[way].append(launch(command(helper, folder, mode, words)))
        for index, what in enumerate(("", ", CPU time")):
            cells = [show([pair[index] * 1000 for pair in times[way]], "ms", 2) for way in WAYS]
            print(f"| start and end of {name}{what} | {' | '.join(cells)} |", flush=True)
        medians = {way: statistics.median(used for _, used in times[way]) for way in WAYS}
        worst = max(worst, medians["conform-clock"] - medians["without"])
    return worst


class Server:
    def __init__(self, helper, folder, mode, service):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [service, "--listen", f"127.0.0.1:{port}"]
        environment = os.environ | {"CONFORM_MANAGER_KEY": "k"}
        self.process = subprocess.Popen(command(helper, folder, mode, words), env=environment)
        while True:
            try:
                self.connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
                break
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    sys.exit(f"the service has ended with status {self.process.returncode}")
        self.connections[0].sendall(REQUEST)
        # all responses have the same length: the date has
        self.length = len(self.connections[0].recv(65536))

        # conform-clock has one child, the service
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.pids = [self.process.pid, int(children[0])] if mode else [self.process.pid]

    def cpu_time(self):
        """The CPU time that all threads have used, in seconds."""
        files = [file for pid in self.pids for file in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(file.read_text().split()[0]) for file in files) / 1e9

    def measure(self, batches):
        """Requests per second, and CPU time for each, in microseconds."""
        start, used = time.perf_counter(), self.cpu_time()
        for _ in range(batches):
            for connection in self.connections:
                connection.sendall(REQUEST * BATCH)
            for connection in self.connections:
                rest = self.length * BATCH
                while rest:
                    part = connection.recv(min(rest, 1 << 20))
                    if not part:
                        sys.exit("the service has closed a connection")
                    rest -= len(part)
        count = batches * len(self.connections) * BATCH
        return count / (time.perf_counter() - start), (self.cpu_time() - used) / count * 1e6

    def end(self):
        for connection in self.connections:
            connection.close()
        self.process.terminate()
        self.process.wait()


def measure_requests(helper, folder, service, rounds):
    """Returns the CPU time with conform-clock as a multiple of that without, in the mode that is usual."""
    servers = {way: Server(helper, folder, mode, service) for way, mode in WAYS.items()}
    found = {way: [] for way in WAYS}
    try:
        for turn in range(rounds + 1):
            for way, server in servers.items():
                pair = server.measure(10)
                # the first turn warms up
                if turn:
                    found[way].append(pair)
    finally:
        for server in servers.values():
            server.end()
    for index, (what, unit, digits) in enumerate((("requests per second", "", 0), ("CPU time of a request", "µs", 2))):
        cells = [show([pair[index] for pair in found[way]], unit, digits).replace("  ", " ") for way in WAYS]
        print(f"| {what}, Go | {' | '.join(cells)} |")
    medians = {way: statistics.median(used for _, used in found[way]) for way in WAYS}
    return medians["conform-clock"] / medians["without"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("helper", type=os.path.abspath)
    parser.add_argument("service", nargs="?", type=os.path.abspath)
    parser.add_argument("--launches", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    print(f"| median (quartiles) | {' | '.join(WAYS)} |\n|---|{'---|' * len(WAYS)}")
    with tempfile.TemporaryDirectory() as folder:
        # the time of a clock that stands still: conform's own are of this kind
        pathlib.Path(f"{folder}/clock").write_bytes(struct.pack("<Qqq", 0x316D726F666E6F63, 0, 6_802_135_388 * 10**9))
        launches = measure_launches(options.helper, folder, options.launches)
        requests = measure_requests(options.helper, folder, options.service, options.rounds) if options.service else 1
    print(f"a launch takes {launches * 1000:.2f} ms of CPU time more, a request {100 * requests - 100:.1f} %")
    sys.exit(options.check and (launches >= LAUNCH_LIMIT or requests >= REQUEST_LIMIT))


if __name__ == "__main__":
    main()
