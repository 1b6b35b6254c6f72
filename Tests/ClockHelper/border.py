#!/usr/bin/env python3
"""Advances the clock of a service many times under load: no response may be wrong at the border of 24 hours.

Usage: border.py CONFORM-CLOCK SERVICE [--moves 1000] [--mode notify|stay] [--connections 8] [--kind kept|signed]

SERVICE is the program of Tests/Servers/go. At 23:59:59 a token is accepted, at 24:00:00 it is refused. Responses to
requests that were sent before an advance and received after it are not judged. Prints the numbers; the exit status is 1
if a response was wrong.
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

MAGIC, SECOND, DAY = 0x316D726F666E6F63, 10**9, 86400
KEY = "manager"


class Clock:
    """The file that conform-clock maps: magic, offset, time at which the clock stands still."""

    def __init__(self, path, seconds):
        with open(path, "w+b") as file:
            file.write(struct.pack("<Qqq", MAGIC, 0, seconds * SECOND))
            file.flush()
            self.cells = memoryview(mmap.mmap(file.fileno(), 24)).cast("q")

    def set(self, seconds):
        self.cells[2] = seconds * SECOND


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method, path, token, body, media_type="application/json"):
        self.connection.request(
            method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": media_type, "Connection": "keep-alive"}
        )
        response = self.connection.getresponse()
        return response.status, response.read()


def issue(client, identity):
    body = f"grant_type=client_credentials&client_id={identity[0]}&client_secret={identity[1]}"
    client.connection.request(
        "POST", "/oauth/token", body, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    return json.loads(client.connection.getresponse().read())["access_token"]


def work(port, state, results, ended):
    """Posts payloads that are refused for their content, so that nothing is kept, but not before the token is checked."""
    client = Client(port)
    while not ended.is_set():
        before = state[0]
        generation, token, expected = before
        if expected is None:
            continue
        status, _ = client.send("POST", "/v1/acme/orders", token, "{}")
        if state[0] is before:
            results[(expected, status)] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("helper")
    parser.add_argument("service")
    parser.add_argument("--moves", type=int, default=1000)
    parser.add_argument("--mode", default="notify")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--kind", default="signed")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        # kept times of Go follow the clock after 2157 only
        now = 6_802_135_388
        clock = Clock(f"{folder}/clock", now)
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
            state, results, ended = [(0, "", None)], collections.Counter(), threading.Event()
            threads = [
                threading.Thread(target=work, args=(port, state, results, ended)) for _ in range(options.connections)
            ]
            for thread in threads:
                thread.start()
            for move in range(0, options.moves, 2):
                token = issue(client, identity)
                # 422: the token is accepted, and the payload is not
                for seconds, expected in ((now + DAY - 1, 422), (now + DAY, 401)):
                    state[0] = (move, token, None)
                    clock.set(seconds)
                    state[0] = (move, token, expected)
                    wanted = sum(results.values()) + options.connections
                    while sum(results.values()) < wanted and server.poll() is None:
                        pass
                now += DAY + 1
                state[0] = (move, token, None)
                clock.set(now)
            ended.set()
            for thread in threads:
                thread.join()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    wrong = sum(number for (expected, status), number in results.items() if status != expected)
    judged = sum(results.values())
    print(f"{options.mode}, {options.kind}: {options.moves} moves, {judged} responses judged, {wrong} wrong")
    sys.exit(wrong != 0 or judged == 0)


if __name__ == "__main__":
    main()
