"""Fixtures: the built program, and browsers."""

import os
from pathlib import Path

import pytest

# use the driver of Debian, without downloads and statistics
os.environ.update(SE_OFFLINE="true", SE_AVOID_STATS="true")

from chromium import Browser  # noqa: E402  after the settings of the driver

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(os.environ.get("CONFORM_SCREENSHOTS", ROOT / ".venv/screenshots"))


@pytest.fixture(scope="session")
def root():
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def conform():
    """The program that CONFORM names, or the release build, or the debug build."""
    named = os.environ.get("CONFORM")
    candidates = [Path(named)] if named else [ROOT / ".build/release/conform", ROOT / ".build/debug/conform"]
    for candidate in candidates:
        if candidate.is_file():
            return candidate.resolve()
    pytest.fail(f"{' and '.join(map(str, candidates))} not found: run swift build -c release first")


@pytest.fixture(scope="session")
def idle():
    """The browsers that no test uses, with and without JavaScript."""
    browsers = {True: [], False: []}
    yield browsers
    for browser in browsers[True] + browsers[False]:
        browser.close()


@pytest.fixture
def open_browser(idle):
    """Opens windows: open_browser(scheme="dark", width=375, javascript=False, media="print")."""
    used = []

    def open_one(javascript=True, **options):
        browser = idle[javascript].pop() if idle[javascript] else Browser(javascript, SCREENSHOTS)
        used.append((javascript, browser))
        browser.reset(**options)
        return browser

    yield open_one
    for javascript, browser in used:
        idle[javascript].append(browser)


@pytest.fixture
def browser(open_browser):
    """A window with the default settings."""
    return open_browser()
