"""What every test of a page needs: the built program, and browsers."""

import os
from pathlib import Path

import pytest

# the driver is Debian's: nothing is looked for, downloaded or counted
os.environ.update(SE_OFFLINE="true", SE_AVOID_STATS="true")

from chromium import Browser  # noqa: E402  after the driver was told

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(os.environ.get("CONFORM_SCREENSHOTS", ROOT / ".venv/screenshots"))


@pytest.fixture(scope="session")
def root():
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def conform():
    """The built program: what CONFORM names, or the release build, or the debug build."""
    named = os.environ.get("CONFORM")
    candidates = [Path(named)] if named else [ROOT / ".build/release/conform", ROOT / ".build/debug/conform"]
    for candidate in candidates:
        if candidate.is_file():
            return candidate.resolve()
    pytest.fail(f"there is no {' and no '.join(map(str, candidates))}: build it first, with swift build -c release")


@pytest.fixture
def open_browser(request):
    """Opens windows, as many as a test wants: open_browser(scheme="dark", width=375, javascript=False, media="print")."""
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
    """A window as most people have it."""
    return open_browser()
