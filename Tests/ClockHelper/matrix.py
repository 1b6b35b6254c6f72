#!/usr/bin/env python3
"""Shows which kinds of programs follow a simulated clock, as the table of the guide: matrix.py CONFORM-CLOCK LIBRARY

Each program prints the time for each line that it reads: by a function of its language and, in C, by a system call. A day
is added between two lines. Kinds whose tools are missing are left out, with a note on standard error. The exit status is
1 if a program did not follow conform-clock.
"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

START, DAY = 6_802_135_388, 86400

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
NODE = "require('readline').createInterface({input: process.stdin}).on('line', () => console.log(Math.floor(Date.now() / 1000)))"
SHELL = "while read -r line; do date +%s; done"


def kinds(folder):
    """(name, tool, command that makes the program, command that runs it)"""
    c, go, rust = folder / "clock.c", folder / "clock.go", folder / "clock.rs"
    c.write_text(C)
    go.write_text(GO)
    rust.write_text(RUST)
    (folder / "Clock.java").write_text(JAVA)
    out = str(folder / "program")
    yield "C, glibc", "cc", ["cc", "-o", out, c], [out]
    yield "C, glibc, static", "cc", ["cc", "-static", "-o", out, c], [out]
    yield "C, glibc, static-pie", "cc", ["cc", "-static-pie", "-o", out, c], [out]
    yield "C, musl", "musl-gcc", ["musl-gcc", "-o", out, c], [out]
    yield "C, musl, static", "musl-gcc", ["musl-gcc", "-static", "-o", out, c], [out]
    yield "Go", "go", ["go", "build", "-o", out, go], [out]
    yield "Go, CGO_ENABLED=0", "go", ["env", "CGO_ENABLED=0", "go", "build", "-o", out, go], [out]
    yield "Go, -buildmode=pie", "go", ["go", "build", "-buildmode=pie", "-o", out, go], [out]
    yield "Go, -race", "go", ["go", "build", "-race", "-o", out, go], [out]
    yield "Rust", "rustc", ["rustc", "-o", out, rust], [out]
    yield "Python", "python3", None, [sys.executable, "-c", PYTHON]
    yield "Perl", "perl", None, ["perl", "-e", PERL]
    yield "Node.js", "node", None, ["node", "-e", NODE]
    yield "Java", "java", None, ["java", str(folder / "Clock.java")]
    yield "shell and its commands", "sh", None, ["sh", "-c", SHELL]


def clock(path, seconds):
    with open(path, "r+b" if os.path.exists(path) else "w+b") as file:
        file.write(struct.pack("<Qqq", 0x316D726F666E6F63, 0, seconds * 10**9))


def follows(path, command, environment):
    """Whether both times, and those after an advance, are the simulated ones: for each way of reading the clock."""
    clock(path, START)
    program = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    shown = []
    for seconds in (START, START + DAY):
        clock(path, seconds)
        try:
            program.stdin.write("\n")
            program.stdin.flush()
        except BrokenPipeError:
            pass
        shown.append([word == str(seconds) for word in program.stdout.readline().split()])
    program.stdin.close()
    program.wait()
    return [all(pair) for pair in zip(*shown)] or [False]


def main():
    helper, library = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
    all_follow = True
    print("| program | conform-clock | conform-clock that stays attached | preloaded library |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = str(folder / "clock")
        preload = os.environ | {"LD_PRELOAD": library, "CONFORM_CLOCK_FILE": path}
        for kind, tool, make, command in kinds(folder):
            if not shutil.which(tool):
                print(f"left out: {kind}, since {tool} is not installed", file=sys.stderr)
                continue
            if make:
                subprocess.run([str(word) for word in make], check=True)
            cells = []
            for mode in ("notify", "stay", None):
                words = [helper, "--clock", path, "--mode", mode, "--"] if mode else []
                found = follows(path, words + command, preload if mode is None else os.environ)
                all_follow = all_follow and (all(found) or mode is None)
                only_calls = len(found) == 2 and found[0] and not found[1]
                cells.append("yes" if all(found) else "yes; not by system calls" if only_calls else "no")
            print(f"| {kind} | {' | '.join(cells)} |", flush=True)
    sys.exit(not all_follow)


if __name__ == "__main__":
    main()
