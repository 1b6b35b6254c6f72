"""Checks that no secret, token or Basic header is in anything that conform writes, prints, or shows in the process list.

Runs go to the reference service through a recording proxy, which sees every issued secret and token. The service has no
fault in the first run, and leaks secrets in the others. For each run, all reports, the comparison, merge, history and
document are made, and everything is searched for each secret in each encoding.
"""
import base64
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from pathlib import Path
from socket import SHUT_WR, create_connection, create_server

from ahocorasick_rs import BytesAhoCorasick

program, checker = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else None
root = Path(__file__).resolve().parents[1]
LEAKS = [
    [],
    ["secret-in-the-list", "secret-in-token-errors", "tokens-in-errors", "token-in-a-header"],
    ["secret-in-the-view-as-base64", "basic-header-in-errors", "secret-in-token-answers", "tokens-in-answers"],
    ["secret-in-a-header-of-the-view", "old-secret-beside-the-new", "errors-with-a-token", "errors-with-query", "token-in-a-cookie"],
    ["secret-once-more-after-creation", "token-by-redirect", "errors-with-stack-trace"],
    ["token-nested", "token-twice", "secret-in-the-view"],
]
REPORTS = ["junit", "junit-extended", "html", "summary", "tap", "ctrf", "gitlab", "github=github.txt"]


class Proxy:
    """Forwards to one port, and collects the secrets in responses and requests."""

    def __init__(self, port):
        self.port, self.found, self.pairs = port, set(), set()
        self.server = create_server(("127.0.0.1", 0), backlog=256)
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def accept(self):
        while True:
            try:
                here, _ = self.server.accept()
            except OSError:
                return
            there = create_connection(("127.0.0.1", self.port))
            for source, sink, take in [(here, there, self.sent), (there, here, self.received)]:
                threading.Thread(target=self.carry, args=(source, sink, take), daemon=True).start()

    def carry(self, source, sink, take):
        end = b""
        try:
            while data := source.recv(1 << 16):
                # before forwarding: a secret is known before it can be written anywhere
                take(end + data)
                # of a secret that comes in two pieces
                end = (end + data)[-4096:]
                sink.sendall(data)
            sink.shutdown(SHUT_WR)
        except OSError:
            sink.close()

    def received(self, data):
        for match in re.finditer(rb'"(?:client_secret|access_token|refresh_token)"\s*:\s*"([^"\\]{16,})"', data):
            self.found.add(match.group(1).decode())

    def sent(self, data):
        self.pairs.update(match.group(1).decode() for match in re.finditer(rb"Authorization: Basic ([A-Za-z0-9+/=]{20,})\r\n", data))

    def secrets(self):
        """The issued secrets, and the Basic credentials that contain them."""
        whole = {urllib.parse.unquote_plus(base64.b64decode(pair + "===").decode("utf-8", "replace").partition(":")[2]): pair for pair in self.pairs}
        return sorted(self.found | {pair for secret, pair in whole.items() if secret in self.found})


def writings(secret):
    """The encodings of the secret in a file; of Base64 the part that depends on the secret alone, at each alignment."""
    data = secret.encode()
    yield from {secret, urllib.parse.quote(secret, safe=""), json.dumps(secret)[1:-1].replace("/", "\\/"), data.hex(), data.hex().upper()}
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode()
        core = text[(0, 2, 3)[before] : (before + len(data)) * 8 // 6]
        yield from {core, core.replace("+", "-").replace("/", "_")}


class ProcessList:
    """Collects the command lines of all processes."""

    def __init__(self):
        self.seen, self.ended = set(), threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def watch(self):
        while not self.ended.wait(0.01):
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        self.seen.add(Path(entry.path, "cmdline").read_bytes())
                    except OSError:
                        pass


def conform(folder, name, *words, key, statuses=(0, 1)):
    """Runs the program; its output is kept in the folder of its reports."""
    with open(folder / f"{name}.txt", "w") as output:
        ended = subprocess.run([program, *words], cwd=root, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "MANAGER_KEY": key}, timeout=300)
    assert ended.returncode in statuses, (name, ended.returncode, (folder / f"{name}.txt").read_text()[-2000:])


def run_with_faults(folder, faults, key):
    command = [program, "serve", "--port", "0", *(word for fault in faults for word in ("--fault", fault))]
    with open(folder / "serve.txt", "w+") as printed:
        service = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT, cwd=root, env={**os.environ, "CONFORM_MANAGER_KEY": key})
        try:
            while not (port := re.search(r"http://127\.0\.0\.1:(\d+)", (folder / "serve.txt").read_text())):
                assert service.poll() is None, (folder / "serve.txt").read_text()
            proxy = Proxy(int(port.group(1)))
            target = (root / "Scenarios/targets/reference.yaml").read_text()
            for old, new in [("launch: reference-service\n", ""), ("${service.url}", proxy.url), ("${service.manager-key}", "${env.MANAGER_KEY}")]:
                target = target.replace(old, new)
            (folder / "target.yaml").write_text(target)
            run = ["run", "--no-probe", "--target", folder / "target.yaml", "--history", folder / "history"]
            reports = [word for name in REPORTS for word in ("--report", name.replace("=", f"={folder}/"))]
            with ProcessList() as processes:
                conform(folder, "run", *run, "--verbose", "--reports", folder / "whole", *reports, key=key)
                for part in ("1/2", "2/2"):
                    conform(folder, f"shard-{part[0]}", *run, "--shard", part, "--reports", folder / part[0], key=key)
                conform(folder, "baseline", *run, "--baseline", folder / "whole/run.jsonl", "--reports", folder / "baseline", key=key, statuses=(0, 1, 3))
                # with a wrong key no client can be created; the error must not contain the key
                conform(folder, "wrong-key", *run, "--reports", folder / "wrong-key", key=key[:-1] + "#", statuses=(1, 3))
            logs = [folder / part / "run.jsonl" for part in ("1", "2")]
            conform(folder, "merge", "merge", *logs, "--reports", folder / "merged", key=key, statuses=(0, 1))
            comparison = [word for name in ("markdown=c.md", "json=c.json", "html=c.html") for word in ("--format", name.replace("=", f"={folder}/"))]
            conform(folder, "compare", "compare", folder / "whole/run.jsonl", folder / "merged/run.jsonl", "--format", "text", *comparison, key=key)
            conform(folder, "docs", "docs", "--log", folder / "whole/run.jsonl", "--output", folder, key=key)
            conform(folder, "render", "render", folder / "whole/run.jsonl", "--report", "tap=-", key=key)
        finally:
            service.terminate()
            service.wait()
    (folder / "process-list.txt").write_bytes(b"\n".join(sorted(processes.seen)))
    return proxy.secrets() + [key]


def main():
    with tempfile.TemporaryDirectory() as temporary:
        everything = set()
        for number, faults in enumerate(LEAKS):
            folder = Path(temporary, str(number))
            folder.mkdir()
            issued = run_with_faults(folder, faults, "key-" + secrets.token_urlsafe(32))
            assert len(issued) > 200, f"the proxy saw only {len(issued)} secrets: it does not see all traffic"
            everything.update(issued)
        searcher = BytesAhoCorasick(sorted({writing.encode() for secret in everything for writing in writings(secret)}))
        # proves that the search works
        planted = b"x" + base64.b64encode(b"ab" + next(iter(everything)).encode())
        assert searcher.find_matches_as_indexes(planted), "the search does not find a planted secret"
        files = [path for path in Path(temporary).rglob("*") if path.is_file()]
        shown = 0
        for path in files:
            if matches := searcher.find_matches_as_indexes(path.read_bytes()):
                faults = LEAKS[int(path.relative_to(temporary).parts[0])]
                print(f"{path}: contains a secret at byte {matches[0][1]}; the run's faults: {', '.join(faults)}")
                shown += 1
        if checker:
            # only a few secrets and the small files of whole runs: the checker searches for each one separately
            few = Path(temporary, "few")
            few.write_text("\n".join(sorted(everything)[:: len(everything) // 4]) + "\n")
            short = [path for path in files if "whole" in path.parts and path.stat().st_size < 1 << 20]
            scanned = [word for path in short if path.suffix in (".md", ".txt", ".json", ".tap") for word in ("--scan", path)]
            junit = [path for path in short if path.name == "junit.xml"]
            check = subprocess.run([sys.executable, checker, "--separate", "--secrets-file", few, *scanned, *junit], stdout=subprocess.PIPE, text=True)
            if check.returncode:
                print("\n".join(line for line in check.stdout.splitlines() if ": OK" not in line)[-4000:])
                return 1
        print(f"{len(everything)} secrets in {len(files)} files of {sum(path.stat().st_size for path in files) >> 20} MiB: {shown} files contain one")
        return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
