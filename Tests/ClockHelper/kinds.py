"""The kinds of programs of which matrix.py shows whether they follow a simulated clock."""
import os
import pathlib
import shutil
import subprocess
import sys

C = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  char line[8];
  while (fgets(line, sizeof line, stdin)) {
    struct timespec a, b;
    clock_gettime(CLOCK_REALTIME, &a);
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &b);
    printf("%ld %ld\n", (long)a.tv_sec, (long)b.tv_sec);
    fflush(stdout);
  }
}
"""
GO = r"""
package main
import ("bufio"; "fmt"; "os"; "time")
func main() {
  for in := bufio.NewScanner(os.Stdin); in.Scan(); { fmt.Println(time.Now().Unix()) }
}
"""
JAVA = """
public class Clock {
  public static void main(String[] words) throws Exception {
    var lines = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    while (lines.readLine() != null) System.out.println(System.currentTimeMillis() / 1000);
  }
}
"""
RUST = """
use std::io::BufRead;
fn main() {
  for _ in std::io::stdin().lock().lines() {
    println!("{}", std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs());
  }
}
"""
PYTHON = "import sys, time\nfor line in sys.stdin: print(int(time.time()), flush=True)"
PERL = "$| = 1; while (<STDIN>) { print time, qq(\\n) }"
NODE = """
const lines = require('readline').createInterface({input: process.stdin});
lines.on('line', () => console.log(Math.floor(Date.now() / 1000)));
"""
SHELL = "while read -r line; do date +%s; done"
# each worker says who it is
GUNICORN = """
import os, time
def app(environ, start_response):
    body = f"{os.getpid()} {int(time.time())}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
# A service and its database: the database answers one query for each line.
POSTGRES = r"""
postgres -D "$0/data" -k "$0" -c listen_addresses= -c fsync=off >"$0/log" 2>&1 &
until pg_isready -q -h "$0"; do :; done
while read -r line; do psql -h "$0" -d postgres -At -c 'select extract(epoch from now())::bigint'; done
kill -INT $!
wait
"""

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Kind:
    """A kind of program, and the commands that make and run it."""

    def __init__(self, name, tool, make, command, before=(), port=None, workers=1):
        self.name, self.tool, self.make, self.command = name, tool, make, [str(word) for word in command]
        # the words before conform-clock
        self.before = list(before)
        # of a service: it is asked by HTTP, each of its workers once
        self.port, self.workers = port, workers

    @property
    def missing(self):
        """Why it cannot be shown here; None if it can."""
        if callable(self.tool):
            return self.tool()
        return None if shutil.which(self.tool) else f"{self.tool} is not installed"

    def build(self):
        for words in self.make:
            made = subprocess.run([str(word) for word in words], stdout=subprocess.DEVNULL)
            if made.returncode:
                sys.exit(f"{self.name}: {words[0]} ended with status {made.returncode}")


def musl_target():
    if not shutil.which("rustc"):
        return "rustc is not installed"
    target = ["rustc", "--print", "target-libdir", "--target", "x86_64-unknown-linux-musl"]
    found = subprocess.run(target, capture_output=True, text=True).stdout.strip()
    return None if found and os.path.isdir(found) else "rustc has no target x86_64-unknown-linux-musl"


def postgres():
    if os.getuid() or not shutil.which("setpriv"):
        return "it is started as another user, which takes root and setpriv"
    absent = [name for name in ("initdb", "postgres", "pg_isready", "psql") if not shutil.which(name)]
    return f"{', '.join(absent)} not in PATH (Debian: /usr/lib/postgresql/*/bin)" if absent else None


def root():
    return "the user is not root, or setpriv is missing" if os.getuid() or not shutil.which("setpriv") else None


def kinds(folder, port):
    """All kinds, in the order of the table. They are made in a folder that every user may read."""
    c, go, rust, data = folder / "clock.c", folder / "clock.go", folder / "clock.rs", folder / "postgres"
    c.write_text(C)
    go.write_text(GO)
    rust.write_text(RUST)
    (folder / "Clock.java").write_text(JAVA)
    (folder / "clock_app.py").write_text(GUNICORN)
    out = str(folder / "program")
    musl = ["rustc", "--target", "x86_64-unknown-linux-musl", "-o", out, rust]
    yield Kind("C, glibc", "cc", [["cc", "-o", out, c]], [out])
    yield Kind("C, glibc, static", "cc", [["cc", "-static", "-o", out, c]], [out])
    yield Kind("C, glibc, static-pie", "cc", [["cc", "-static-pie", "-o", out, c]], [out])
    yield Kind("C, musl", "musl-gcc", [["musl-gcc", "-o", out, c]], [out])
    yield Kind("C, musl, static", "musl-gcc", [["musl-gcc", "-static", "-o", out, c]], [out])
    yield Kind("Go", "go", [["go", "build", "-o", out, go]], [out])
    yield Kind("Go, CGO_ENABLED=0", "go", [["env", "CGO_ENABLED=0", "go", "build", "-o", out, go]], [out])
    yield Kind("Go, -buildmode=pie", "go", [["go", "build", "-buildmode=pie", "-o", out, go]], [out])
    yield Kind("Go, -race", "go", [["go", "build", "-race", "-o", out, go]], [out])
    yield Kind("Rust", "rustc", [["rustc", "-o", out, rust]], [out])
    yield Kind("Rust, static", "rustc", [["rustc", "-C", "target-feature=+crt-static", "-o", out, rust]], [out])
    yield Kind("Rust, musl", musl_target, [musl], [out])
    yield Kind("Python", "python3", [], [sys.executable, "-c", PYTHON])
    gunicorn = ["gunicorn", "--chdir", folder, "--workers", "2", "--bind", f"127.0.0.1:{port}", "clock_app:app"]
    yield Kind("Python, gunicorn with workers", "gunicorn", [], gunicorn, port=port, workers=2)
    yield Kind("Perl", "perl", [], ["perl", "-e", PERL])
    yield Kind("Node.js", "node", [], ["node", "-e", NODE])
    yield Kind("Java", "java", [], ["java", folder / "Clock.java"])
    yield Kind("shell and its commands", "sh", [], ["sh", "-c", SHELL])
    owned = [["mkdir", data], ["chown", "65534:65534", data], NOBODY + ["initdb", "-D", data / "data", "-A", "trust"]]
    yield Kind("PostgreSQL beside a service", postgres, owned, NOBODY + ["sh", "-c", POSTGRES, data])
    yield Kind("C, glibc, that changes its user", root, [["cc", "-o", out, c]], NOBODY + [out])
    unprivileged = NOBODY + ["--bounding-set=-all"]
    yield Kind("C, glibc, of a user without rights", root, [["cc", "-o", out, c]], [out], before=unprivileged)
