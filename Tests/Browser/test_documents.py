"""The pages without scripts: the comparison of two runs, and the description of the behaviour."""

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


@pytest.mark.parametrize("page", ["comparison", "behaviour"])
@pytest.mark.parametrize(
    "scheme, width, media", [("light", 1280, "screen"), ("dark", 375, "screen"), ("dark", 1280, "print")]
)
def test_readable_and_harmless(open_browser, request, page, scheme, width, media):
    address = request.getfixturevalue(page)
    browser = open_browser(scheme=scheme, width=width, media=media)
    browser.open(address)
    assert browser.driver.title != "broken"
    assert browser.violations() == []
    assert not browser.overflows()
    if media == "print":
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
