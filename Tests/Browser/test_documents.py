"""The pages without scripts: the comparison of two runs, and the description of the behaviour."""

import re
import subprocess

import pytest

from logs import HOSTILE, events, write


@pytest.fixture(scope="module")
def folder(conform, root, tmp_path_factory):
    """The log of a run that passes, and one in which every fifth case fails with a hostile message."""
    folder = tmp_path_factory.mktemp("documents")
    subprocess.run([conform, "run", "--reports", folder], cwd=root, check=True, capture_output=True)
    run = events(folder / "run.jsonl")
    for event in run:
        if event["event"] == "case-finished" and event["n"] % 5 == 0 and event["verdict"] == "passed":
            text = HOSTILE[event["n"] % len(HOSTILE)]
            problem = {"verdict": "failed", "kind": "assertion", "message": text, "expected": text, "actual": text, "step": text, "file": text[:500], "line": 1}
            event.update(verdict="failed", title=text[:500], findings=[problem])
        if event["event"] == "run-started":
            event.update(target="</title><script>document.title='broken'</script>")
    write(folder / "worse.jsonl", run)
    return folder


@pytest.fixture(scope="module")
def comparison(conform, folder):
    page = folder / "compare.html"
    compared = subprocess.run(
        [conform, "compare", folder / "run.jsonl", folder / "worse.jsonl", "--format", f"html={page}"],
        capture_output=True,
        text=True,
    )
    assert compared.returncode == 1, compared.stdout + compared.stderr
    return page


@pytest.fixture(scope="module")
def behaviour(conform, root, folder):
    subprocess.run(
        [conform, "docs", "--log", folder / "worse.jsonl", "--output", folder],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return folder / "behaviour.html"


@pytest.fixture(scope="module")
def statement(conform, root, folder):
    """What the reference service declares, and what of it the run with failures found."""
    log = folder / "named.jsonl"
    run = events(folder / "worse.jsonl")
    run[0].update(target=events(folder / "run.jsonl")[0]["target"])
    write(log, run)
    subprocess.run(
        [conform, "docs", "--log", log, "--target", "Scenarios/targets/reference.yaml", "--output", folder],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return folder / "conformance.html"


@pytest.mark.parametrize("page", ["comparison", "behaviour", "statement"])
@pytest.mark.parametrize(
    "scheme, width, media", [("light", 1280, "screen"), ("dark", 375, "screen"), ("dark", 1280, "print")]
)
def test_readable_and_harmless(open_browser, request, page, scheme, width, media):
    address = request.getfixturevalue(page)
    browser = open_browser(scheme=scheme, width=width, media=media)
    browser.open(address)
    assert browser.driver.title != "broken"
    assert not browser.overflows()
    if media == "screen":
        assert browser.violations() == []
    else:
        assert browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor") in (
            "rgb(255, 255, 255)",
            "rgba(0, 0, 0, 0)",
        )
    assert browser.console() == []
    assert browser.strangers(address.as_uri()) == []
    browser.screenshot(f"{page}-{scheme}-{width}-{media}")


def test_regressions_come_first(browser, comparison):
    browser.open(comparison)
    assert browser.driver.find_element("tag name", "h1").text.startswith("REGRESSED: ")
    assert browser.driver.find_element("tag name", "h2").text.startswith("Regressed: ")


@pytest.mark.parametrize("page", ["behaviour", "statement"])
@pytest.mark.parametrize("width", [1280, 375])
def test_headings_do_not_break_inside_words(open_browser, request, page, width):
    browser = open_browser(width=width)
    browser.open(request.getfixturevalue(page))
    broken = browser.driver.execute_script(
        """const broken = [];
        for (const heading of document.querySelectorAll('h1, h2, h3, h4, th')) {
          const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
              const range = document.createRange();
              range.setStart(texts.currentNode, word.index);
              range.setEnd(texts.currentNode, word.index + word[0].length);
              // a word that is longer than the line has to break
              const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
              if (lines.size > 1 && word[0].length < 25) broken.push(word[0]);
            }
          }
        }
        return broken"""
    )
    assert broken == []
    assert not browser.overflows()
    browser.screenshot(f"{page}-{width}")


@pytest.mark.parametrize("page", ["behaviour", "statement"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_verified_is_not_green(open_browser, request, page, scheme):
    browser = open_browser(scheme=scheme)
    browser.open(request.getfixturevalue(page))
    colours = browser.driver.execute_script(
        """const colours = {};
        for (const state of document.querySelectorAll('.state')) {
          const words = state.textContent.startsWith('not verified') ? 'not verified' : state.textContent;
          (colours[words] ??= []).push(getComputedStyle(state).color);
        }
        return Object.fromEntries(Object.entries(colours).map(([words, list]) => [words, [...new Set(list)]]))"""
    )
    [good], [open], [bad] = (colours[words] for words in ("met", "not verified", "not met"))
    assert len({good, open, bad}) == 3


def test_each_number_of_the_coverage_is_that_of_the_document(browser, behaviour):
    browser.open(behaviour)
    rows, states = browser.driver.execute_script(
        """return [
          [...document.querySelectorAll('table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
          [...document.querySelectorAll('h3')].map((heading) => [
            heading.id, heading.nextElementSibling.nextElementSibling.querySelector('.state').textContent])]"""
    )
    prefixes = list(dict.fromkeys(id.split("-")[0] for id, _ in states))
    assert len(rows) == len(prefixes) + 1
    for row, prefix in zip(rows, [*prefixes, ""]):
        own = [state for id, state in states if id.startswith(prefix)]
        assert int(row[1]) == len(own)
        assert [int(row[6]), int(row[7])] == [own.count("met"), own.count("not met")], row
    muted = browser.driver.execute_script(
        "return [...document.querySelectorAll('td.number')].map((cell) => "
        "[cell.textContent === '0', cell.classList.contains('none')])"
    )
    assert muted and all(is_zero == is_muted for is_zero, is_muted in muted)


def test_each_number_of_the_statement_is_that_of_its_rows(browser, statement):
    browser.open(statement)
    total, musts, met, warned, failed, others = map(int, re.findall(r"\d+", browser.driver.find_element("tag name", "p").text))
    rows = browser.driver.execute_script(
        "return [...document.querySelectorAll('tr[id]')].map((row) => "
        "[row.cells[1].textContent, row.cells[3].querySelector('.state').textContent])"
    )
    states = [state for _, state in rows]
    assert total == len(rows) > 140 and musts == sum(level == "must" for level, _ in rows)
    counts = [states.count(words) for words in ("met", "met with warnings", "not met")]
    assert [met, warned, failed] == counts and failed > 10
    assert others == total - met - warned - failed == sum(state.startswith("not verified") for state in states)
    link = browser.driver.find_element("css selector", "tr[id=exp-02] a, tr[id=met-02] a")
    assert link.get_attribute("href").startswith("https://www.rfc-editor.org/rfc/rfc")
