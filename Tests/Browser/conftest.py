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


@pytest.fixture
def open_browser(request):
    """Opens windows: open_browser(scheme="dark", width=375, javascript=False, media="print")."""
    browsers = []

    def open_one(**options):
        browser = Browser(screenshots=SCREENSHOTS, **options)
        browsers.append(browser)
        return browser

    yield open_one
    for browser in browsers:
        browser.close()


@pytest.fixture
def browser(open_browser):
    """A window with the default settings."""
    return open_browser()
