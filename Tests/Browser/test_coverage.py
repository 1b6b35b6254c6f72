"""The coverage of an exploration as a view of report.html."""

import subprocess

import pytest
from reports import clean, go
from selenium.webdriver.common.by import By


@pytest.fixture(scope="module")
def report(conform, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explored")
    command = [conform, "explore", "--runs", "20", "--reports", folder, "--report", "html"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return folder / "report.html"


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 375)])
def test_accessible_and_fits(open_browser, report, scheme, width):
    browser = open_browser(scheme=scheme, width=width)
    go(browser, report, "view=coverage")
    assert browser.driver.find_element(By.ID, "coverage").is_displayed()
    assert not browser.driver.find_element(By.ID, "results").is_displayed()
    assert browser.violations() == []
    assert not browser.overflows()
    clean(browser, report)


def test_by_keyboard(browser, report):
    go(browser, report, "")
    assert not browser.driver.find_element(By.ID, "coverage").is_displayed()
    browser.driver.find_element(By.TAG_NAME, "body").send_keys("5")
    browser.until(lambda driver: driver.find_element(By.ID, "coverage").is_displayed())


def test_without_javascript(open_browser, report):
    browser = open_browser(javascript=False)
    browser.driver.get(report.as_uri())
    text = browser.driver.find_element(By.ID, "coverage").text
    assert "request a token" in text and "client authentication" in text and "the run was too short" in text
