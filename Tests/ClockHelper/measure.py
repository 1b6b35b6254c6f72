#!/usr/bin/env python3
"""Measures what conform-clock costs: measure.py CONFORM-CLOCK [SERVICE] [--launches 300] [--rounds 15] [--check]

Starts and ends a program, and sends requests to SERVICE (the program of Tests/Servers/go), without conform-clock and with
it, in turns, since other work on the machine comes and goes. Prints the medians, and in brackets the quartiles. With
--check, the exit status is 1 if a launch takes 2 ms more by the lower quartiles, which other work disturbs least.
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

LIMIT = 0.002
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
    start = time.perf_counter()
    process = os.posix_spawn(words[0], words, os.environ)
    _, status = os.waitpid(process, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start


def measure_launches(helper, folder, count):
    """Returns the largest difference of the lower quartiles, in seconds, in the mode that is usual."""
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
        cells = [show([value * 1000 for value in times[way]], "ms", 2) for way in WAYS]
        print(f"| start and end of {name} | {' | '.join(cells)} |", flush=True)
        least = {way: statistics.quantiles(times[way], n=4)[0] for way in WAYS}
        worst = max(worst, least["conform-clock"] - least["without"])
    return worst


class Server:
    def __init__(self, helper, folder, mode, service):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [service, "--listen", f"127.0.0.1:{port}"]
        self.process = subprocess.Popen(command(helper, folder, mode, words), env=os.environ | {"CONFORM_MANAGER_KEY": "k"})
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

    def requests_per_second(self, batches):
        start = time.perf_counter()
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
        return batches * len(self.connections) * BATCH / (time.perf_counter() - start)

    def end(self):
        for connection in self.connections:
            connection.close()
        self.process.terminate()
        self.process.wait()


def measure_requests(helper, folder, service, rounds):
    servers = {way: Server(helper, folder, mode, service) for way, mode in WAYS.items()}
    try:
        rates = {way: [] for way in WAYS}
        for turn in range(rounds + 1):
            for way, server in servers.items():
                rate = server.requests_per_second(10)
                # the first turn warms up
                if turn:
                    rates[way].append(rate)
    finally:
        for server in servers.values():
            server.end()
    print(f"| requests per second, Go | {' | '.join(show(rates[way], '', 0).replace('  ', ' ') for way in WAYS)} |")
    for way in list(WAYS)[1:]:
        # each round by itself, since what else runs changes from one to the next
        shares = [100 * with_it / without for with_it, without in zip(rates[way], rates["without"])]
        print(f"requests, {way}: {show(shares, '% of those without', 1)}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
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
        worst = measure_launches(options.helper, folder, options.launches)
        if options.service:
            measure_requests(options.helper, folder, options.service, options.rounds)
    if options.check and worst >= LIMIT:
        sys.exit(f"a launch takes {worst * 1000:.2f} ms more: at most {LIMIT * 1000:.0f} ms are allowed")


if __name__ == "__main__":
    main()
