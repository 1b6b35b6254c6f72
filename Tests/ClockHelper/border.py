#!/usr/bin/env python3
"""Advances the clock of a service many times under load: no response may be wrong at the border of 24 hours.

Usage: border.py CONFORM-CLOCK SERVICE [--moves 1000] [--mode notify|stay] [--connections 8] [--kind kept|signed]
       [--runs]

SERVICE is the program of Tests/Servers/go. At 23:59:59 a token is accepted, at 24:00:00 it is refused; on a clock that
runs, half a minute before and after 24 hours. Responses to requests that were sent before an advance and received after
it are not judged. A service may close the connection of such a request, since its deadline seems to be over: the next
request is sent on another one. Prints the numbers; the exit status is 1 if a response was wrong, or a request failed on
a new connection.
"""
import argparse
import collections
import http.client
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

MAGIC, SECOND, DAY = 0x316D726F666E6F63, 10**9, 86400
KEY = "manager"


class Clock:
    """The file that conform-clock maps: magic, offset, time at which the clock stands still."""

    def __init__(self, path, seconds, runs):
        self.runs = runs
        with open(path, "w+b") as file:
            file.write(struct.pack("<Qqq", MAGIC, 0, seconds * SECOND))
            file.flush()
            self.cells = memoryview(mmap.mmap(file.fileno(), 24)).cast("q")

    def set(self, seconds):
        if self.runs:
            self.cells[1] = seconds * SECOND - time.time_ns()
            self.cells[2] = 0
        else:
            self.cells[2] = seconds * SECOND


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method, path, token, body, media_type="application/json"):
        fields = {"Authorization": f"Bearer {token}", "Content-Type": media_type, "Connection": "keep-alive"}
        self.connection.request(method, path, body, fields)
        response = self.connection.getresponse()
        return response.status, response.read()


def issue(client, identity):
    body = f"grant_type=client_credentials&client_id={identity[0]}&client_secret={identity[1]}"
    client.connection.request(
        "POST", "/oauth/token", body, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    return json.loads(client.connection.getresponse().read())["access_token"]


class Load:
    """The requests of all connections, and what was answered to them."""

    def __init__(self):
        self.changed = threading.Condition()
        # what is to be expected of whom; None: nothing, since the clock is being moved
        self.state = (0, "", None)
        self.results, self.failures, self.has_ended = collections.Counter(), [], False
        self.closed = 0

    def expect(self, generation, token, expected):
        with self.changed:
            self.state = (generation, token, expected)
            self.changed.notify_all()

    def wait_for(self, count):
        """Waits until so many responses more were judged, or a request failed."""
        with self.changed:
            wanted = self.results.total() + count
            self.changed.wait_for(lambda: self.results.total() >= wanted or self.failures)
            return not self.failures

    def end(self):
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def work(self, port):
        """Posts payloads that are refused for their content: nothing is kept, and the token is checked before."""
        client, is_new = Client(port), True
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.state[2] is not None or self.has_ended)
                if self.has_ended:
                    return
                before = self.state
            _, token, expected = before
            try:
                status, _ = client.send("POST", "/v1/acme/orders", token, "{}")
            except (OSError, http.client.HTTPException) as error:
                with self.changed:
                    if not is_new or self.state is not before:
                        self.closed += 1
                        client, is_new = Client(port), True
                        continue
                    self.failures.append(error)
                    self.changed.notify_all()
                return
            is_new = False
            with self.changed:
                if self.state is before:
                    self.results[(expected, status)] += 1
                    self.changed.notify_all()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("helper")
    parser.add_argument("service")
    parser.add_argument("--moves", type=int, default=1000)
    parser.add_argument("--mode", default="notify")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--kind", default="signed")
    parser.add_argument("--runs", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        # kept times of Go follow the clock after 2157 only
        now = 6_802_135_388
        clock = Clock(f"{folder}/clock", now, options.runs)
        clock.set(now)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [options.helper, "--clock", f"{folder}/clock", "--mode", options.mode, "--", options.service]
            + ["--listen", f"127.0.0.1:{port}", "--kind", options.kind],
            env=os.environ | {"CONFORM_MANAGER_KEY": KEY},
            stderr=subprocess.DEVNULL,
        )
        try:
            while True:
                try:
                    client = Client(port)
                    client.connection.connect()
                    break
                except ConnectionRefusedError:
                    if server.poll() is not None:
                        sys.exit(f"the service has ended with status {server.returncode}")
            _, text = client.send("POST", "/clients/orders", KEY, '{"name":"border"}')
            created = json.loads(text)
            identity = created["client_id"], created["client_secret"]
            load = Load()
            threads = [threading.Thread(target=load.work, args=(port,)) for _ in range(options.connections)]
            for thread in threads:
                thread.start()
            try:
                moves = move(clock, load, port, identity, now, options)
            finally:
                load.end()
                for thread in threads:
                    thread.join()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    wrong = sum(number for (expected, status), number in load.results.items() if status != expected)
    judged, failed = load.results.total(), len(load.failures)
    kind = options.kind + (", running" if options.runs else "")
    numbers = f"{judged} responses judged, {wrong} wrong, {failed} failed, {load.closed} connections closed"
    print(f"{options.mode}, {kind}: {moves} moves, {numbers}")
    for failure in load.failures[:3]:
        print(f"failed: {failure!r}", file=sys.stderr)
    sys.exit(wrong != 0 or failed != 0 or moves < options.moves)


def move(clock, load, port, identity, now, options):
    """Returns the number of advances that were judged."""
    for count in range(0, options.moves, 2):
        # on a connection of its own, since the one before may be closed
        token = issue(Client(port), identity)
        # 422: the token is accepted, and the payload is not
        before, behind = (30, 30) if options.runs else (1, 0)
        for seconds, expected in ((now + DAY - before, 422), (now + DAY + behind, 401)):
            load.expect(count, token, None)
            clock.set(seconds)
            load.expect(count, token, expected)
            if not load.wait_for(options.connections):
                return count
        now += DAY + behind + 1
        load.expect(count, token, None)
        clock.set(now)
    return options.moves


if __name__ == "__main__":
    main()
