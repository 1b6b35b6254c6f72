"""The checks of the browser fixture find what they are for."""

import pytest


def page(folder, head="", body="<main><h1>Page</h1></main>"):
    path = folder / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Page</title>{head}</head><body>{body}</body></html>"
    )
    return path


def test_a_page_without_faults_has_none(browser, tmp_path):
    path = page(tmp_path)
    browser.open(path)
    assert browser.console() == [] and browser.violations() == [] and browser.strangers(path.as_uri()) == []


def test_errors_on_the_console_are_noticed(browser, tmp_path):
    browser.open(page(tmp_path, "<script>undefinedFunction()</script>"))
    assert any("undefinedFunction" in line for line in browser.console())


def test_requests_to_elsewhere_are_noticed(browser, tmp_path):
    path = page(tmp_path, '<link rel="stylesheet" href="http://127.0.0.1:9/style.css">')
    browser.open(path)
    assert browser.strangers(path.as_uri()) == ["http://127.0.0.1:9/style.css"]


def test_inaccessible_elements_are_noticed(browser, tmp_path):
    browser.open(page(tmp_path, body='<main><h1>Page</h1><input><p style="color:#ddd">pale</p></main>'))
    rules = {line.split(":")[0] for line in browser.violations()}
    assert {"label", "color-contrast"} <= rules


@pytest.mark.parametrize(
    "options, query",
    [
        ({"scheme": "dark"}, "(prefers-color-scheme: dark)"),
        ({"scheme": "light"}, "(prefers-color-scheme: light)"),
        ({"media": "print"}, "print"),
        ({"width": 375}, "(width: 375px)"),
    ],
)
def test_a_window_has_the_requested_settings(open_browser, tmp_path, options, query):
    browser = open_browser(**options)
    browser.open(page(tmp_path))
    assert browser.driver.execute_script("return matchMedia(arguments[0]).matches", query)


def test_scripts_do_not_run_if_they_are_disabled(open_browser, tmp_path):
    browser = open_browser(javascript=False)
    browser.open(
        page(
            tmp_path,
            body="<main><h1>Page</h1><noscript><p>none</p></noscript>"
            "<script>document.querySelector('h1').textContent = 'Script'</script></main>",
        )
    )
    assert browser.driver.find_element("tag name", "h1").text == "Page"
    assert browser.driver.find_element("tag name", "p").text == "none"
