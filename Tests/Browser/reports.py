"""Runs to look at, and what several tests do with their pages."""

import re
import subprocess

from selenium.webdriver.common.by import By


def run_pack(conform, root, folder, faults=("tokens-live-a-second-longer",)):
    """The whole pack against a service with these faults; by default, a token lives a second too long."""
    key = {"CONFORM_MANAGER_KEY": "the-key-of-the-test"}
    service = subprocess.Popen(
        [conform, "serve", "--port", "0", *(f"--fault={fault}" for fault in faults)],
        stdout=subprocess.PIPE,
        text=True,
        env=key,
    )
    try:
        url = next(match.group() for line in service.stdout if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
        target = (root / "Scenarios/targets/reference.yaml").read_text()
        for old, new in [
            ("launch: reference-service\n", ""),
            ("${service.url}", url),
            ("${service.manager-key}", "${env.CONFORM_MANAGER_KEY}"),
        ]:
            target = target.replace(old, new)
        (folder / "target.yaml").write_text(target)
        command = [
            conform,
            "run",
            "--target",
            folder / "target.yaml",
            "--reports",
            folder,
            "--history",
            folder / "history",
        ]
        run = subprocess.run(command, cwd=root, env=key, capture_output=True, text=True)
        assert run.returncode == 1, run.stdout + run.stderr
    finally:
        service.terminate()
        service.wait()


def shown_rows(browser):
    return [row for row in browser.driver.find_elements(By.CSS_SELECTOR, "#table tbody tr") if row.is_displayed()]


def found(browser):
    return browser.driver.find_element(By.ID, "found").text


def go(browser, report, fragment):
    browser.driver.get("about:blank")
    browser.open(f"{report.as_uri()}#{fragment}")


def clean(browser, report):
    assert browser.console() == []
    assert browser.strangers(report.as_uri()) == []


def copied(browser, label):
    """What the button with this label copies, in the case that is shown."""
    browser.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    buttons = browser.driver.find_elements(By.CSS_SELECTOR, "#case button")
    button = next(button for button in buttons if button.text == label and button.is_displayed())
    button.click()
    browser.until(lambda driver: button.text == "Copied")
    return browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")


def render(conform, log):
    page = log.with_suffix(".html")
    subprocess.run([conform, "render", log, "--report", f"html={page}"], check=True, capture_output=True)
    return page
