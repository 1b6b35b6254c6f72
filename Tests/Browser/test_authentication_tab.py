"""The authentication tab of the reference service: the seven steps of the documentation, and its protection."""

import base64
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

KEY = secrets.token_urlsafe(32)
PAYLOAD = {"id": "A-1", "lines": [{"sku": "S-1", "quantity": 1}]}
EVERY_LOOK = [{"scheme": "light"}, {"scheme": "dark"}, {"width": 375, "height": 812}]


@pytest.fixture
def service(conform):
    """The URL of a service for one test."""
    process = subprocess.Popen(
        [conform, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CONFORM_MANAGER_KEY": KEY},
    )
    url = process.stdout.readline().strip()
    # the URL of the page is printed, too
    printed = next(line for line in process.stdout if line.startswith("as a page:"))
    assert printed.split()[3].rstrip(",") == f"{url}/connectors/orders/authentication"
    yield url
    process.terminate()
    process.wait(timeout=30)
    process.stdout.close()


class Tab:
    """The page in a window, used by its buttons and links."""

    def __init__(self, browser, service, connector="orders"):
        self.browser, self.driver, self.service = browser, browser.driver, service
        self.address = f"{service}/connectors/{connector}/authentication"

    def sign_in(self):
        self.browser.open(self.address)
        self.at("Sign in")
        self.driver.find_element(By.ID, "key").send_keys(KEY)
        self.press("Sign in")
        self.at("Authentication")
        return self

    def at(self, heading):
        self.browser.until(
            lambda driver: (self.text("h1") or "").startswith(heading),
            f"the heading '{heading}' instead of '{self.text('h1')}'",
        )

    def text(self, selector):
        return self.driver.execute_script("return document.querySelector(arguments[0])?.textContent", selector)

    def follow(self, words):
        self.driver.find_element(By.PARTIAL_LINK_TEXT, words).click()

    def press(self, words):
        self.driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']").click()

    def create(self, name):
        """Creates a client and stays at the page that shows its id and secret."""
        self.follow("Create an OAuth2 client")
        self.at("Create")
        self.driver.find_element(By.ID, "name").send_keys(name)
        self.press("Create")
        self.at("Credentials")
        return self.text("#client-id"), self.text("#client-secret")

    def listed(self):
        """Names and ids."""
        return [
            (entry.find_element(By.TAG_NAME, "h3").text, entry.find_element(By.TAG_NAME, "code").text)
            for entry in self.driver.find_elements(By.CSS_SELECTOR, ".clients > li")
        ]

    def copy(self, what):
        """Presses a copy button and returns the content of the clipboard."""
        self.driver.find_element(By.XPATH, f"//button[contains(., 'the {what}')]").click()
        self.browser.until(lambda driver: self.text("#copied") == f"Copied the {what}")
        return self.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")


@pytest.fixture
def tab(browser, service):
    browser.cdp(
        "Browser.grantPermissions", origin=service, permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    return Tab(browser, service).sign_in()


def request_token(endpoint, id, secret):
    return post(
        endpoint,
        urlencode({"grant_type": "client_credentials"}).encode(),
        "application/x-www-form-urlencoded",
        "Basic " + base64.b64encode(f"{id}:{secret}".encode()).decode(),
    )


def post(url, body, content_type, authorization):
    request = urllib.request.Request(url, body, {"Content-Type": content_type, "Authorization": authorization})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_seven_steps_of_the_documentation(tab, service):
    # the connector's authentication tab, and the token endpoint that it shows
    endpoint = tab.copy("token endpoint")
    assert endpoint == f"{service}/connectors/orders/oauth/token"
    assert tab.listed() == []
    # a client with a name: its id and secret are shown once
    id, secret = tab.create("ERP export")
    assert "cannot open this page again" in tab.text(".warning")
    tab.browser.screenshot("credentials")
    assert (tab.copy("client id"), tab.copy("client secret")) == (id, secret)
    # closed and listed
    tab.follow("Close")
    tab.at("Authentication")
    assert tab.listed() == [("ERP export", id)]
    assert secret not in tab.driver.page_source
    tab.browser.screenshot("tab")
    # they get a token
    status, token = request_token(endpoint, id, secret)
    assert status == 200
    status, _ = post(
        f"{service}/v1/acme/orders", json.dumps(PAYLOAD).encode(), "application/json", f"Bearer {token['access_token']}"
    )
    assert status == 201
    # without errors and without requests to elsewhere
    assert tab.browser.console() == []
    assert tab.browser.strangers(f"{service}/") == []
    assert not any(secret in url or KEY in url for url in tab.browser.requests())


def test_basic_is_switched_on_and_off_for_the_connector(tab, service):
    id, secret = tab.create("ERP export")
    tab.follow("Close")
    tab.at("Authentication")
    basic = "Basic " + base64.b64encode(f"{id}:{secret}".encode()).decode()

    def accepted():
        return post(f"{service}/v1/acme/orders", json.dumps(PAYLOAD).encode(), "application/json", basic)[0]

    assert tab.text("#oauth").startswith("accepted:") and tab.text("#basic").startswith("not accepted:")
    assert accepted() == 401
    tab.press("Accept Basic")
    tab.browser.until(lambda driver: (tab.text("#basic") or "").startswith("accepted:"), "Basic is accepted")
    assert accepted() == 201
    tab.press("Stop accepting Basic")
    tab.browser.until(lambda driver: (tab.text("#basic") or "").startswith("not accepted:"), "Basic is not accepted")
    assert accepted() == 401


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("left", ["by the link", "by another address"])
def test_neither_a_reload_nor_going_back_shows_a_secret_again(open_browser, service, javascript, left):
    tab = Tab(open_browser(javascript=javascript), service).sign_in()
    id, secret = tab.create("nightly")
    shown = tab.driver.current_url
    if left == "by the link":
        tab.follow("Close")
        tab.at("Authentication")
    else:
        tab.browser.open(f"{service}/connectors/products/authentication")
        tab.at("Authentication")
    tab.driver.back()
    tab.at("These credentials cannot be shown again")
    assert tab.driver.current_url == shown and secret not in tab.driver.page_source
    tab.driver.refresh()
    tab.at("These credentials cannot be shown again")
    tab.driver.back()
    tab.driver.forward()
    tab.at("These credentials cannot be shown again")
    tab.follow("Back to the list")
    tab.at("Authentication")
    assert tab.listed() == [("nightly", id)]


def test_a_reload_of_new_credentials_creates_no_second_client(tab):
    id, secret = tab.create("nightly")
    tab.driver.refresh()
    tab.at("These credentials cannot be shown again")
    assert secret not in tab.driver.page_source
    tab.follow("Back to the list")
    tab.at("Authentication")
    assert tab.listed() == [("nightly", id)]


def test_signing_out_leaves_nothing_to_go_back_to(tab):
    tab.driver.find_element(By.XPATH, "//header//button[.='Sign out']").click()
    tab.at("Sign in")
    tab.driver.back()
    tab.at("Sign in")


def test_a_lost_secret_is_replaced_and_the_old_set_is_deleted(tab, service):
    lost_id, lost_secret = tab.create("nightly")
    tab.follow("Close")
    tab.at("Authentication")
    tab.follow("Generate a new set")
    tab.at("Generate a new set for nightly?")
    tab.press("Generate a new set")
    tab.at("Credentials")
    id, secret = tab.text("#client-id"), tab.text("#client-secret")
    tab.follow("Close")
    tab.at("Authentication")
    assert tab.listed() == [("nightly", lost_id), ("nightly", id)]
    endpoint = tab.text("#token-endpoint")
    assert request_token(endpoint, lost_id, lost_secret)[0] == request_token(endpoint, id, secret)[0] == 200

    tab.follow("Delete")
    tab.at("Delete nightly?")
    tab.follow("Cancel")
    tab.at("Authentication")
    assert len(tab.listed()) == 2
    tab.follow("Delete")
    tab.at("Delete nightly?")
    tab.press("Delete")
    tab.at("Authentication")
    assert tab.listed() == [("nightly", id)]
    assert "nightly was deleted" in tab.text(".notice")
    assert request_token(endpoint, lost_id, lost_secret)[0] == 401
    assert request_token(endpoint, id, secret)[0] == 200
    assert tab.browser.console() == []


def test_everything_works_without_scripts(open_browser, service):
    tab = Tab(open_browser(javascript=False), service).sign_in()
    assert [button for button in tab.driver.find_elements(By.CSS_SELECTOR, ".copy") if button.is_displayed()] == []
    id, secret = tab.create("nightly")
    tab.follow("Close")
    tab.at("Authentication")
    assert request_token(tab.text("#token-endpoint"), id, secret)[0] == 200
    tab.follow("Delete")
    tab.at("Delete")
    tab.press("Delete")
    tab.at("Authentication")
    assert tab.listed() == []


def test_everything_works_by_the_keyboard_alone(tab):
    def press(*keys):
        tab.driver.switch_to.active_element.send_keys(*keys)

    def focused():
        return tab.driver.execute_script(
            "const focused = document.activeElement;"
            "return (focused.labels?.[0] ?? focused).innerText.replace(/\\s+/g, ' ').trim()"
        )

    def tab_to(words):
        for _ in range(20):
            if focused() == words:
                return
            press(Keys.TAB)
        pytest.fail(f"'{words}' cannot be reached by the tabulator")

    tab.driver.refresh()
    press(Keys.TAB)
    assert focused() == "Skip to the content"
    press(Keys.ENTER)
    assert tab.driver.execute_script("return document.activeElement.id") == "main"
    tab_to("Create an OAuth2 client")
    press(Keys.ENTER)
    tab.at("Create")
    # the first input has the focus
    assert focused() == "Name"
    press(Keys.ENTER)
    tab.browser.until(lambda driver: driver.title.startswith("Error"))
    assert focused().startswith("There is a problem")
    tab_to("Enter a name for the client")
    press(Keys.ENTER)
    assert focused() == "Name"
    press("by keys", Keys.ENTER)
    tab.at("Credentials of by keys")
    tab_to("Copy the client secret")
    press(Keys.ENTER)
    tab.browser.until(lambda driver: tab.text("#copied") == "Copied the client secret")
    tab_to("Close")
    press(Keys.ENTER)
    tab.at("Authentication")
    assert [name for name, _ in tab.listed()] == ["by keys"]
    tab_to("Delete")
    press(Keys.ENTER)
    tab.at("Delete by keys?")
    tab_to("Delete")
    press(Keys.ENTER)
    tab.at("Authentication")
    assert tab.listed() == []


@pytest.mark.parametrize("look", EVERY_LOOK, ids=["light", "dark", "phone"])
def test_every_page_is_accessible_in_every_look(open_browser, service, look, request):
    tab = Tab(open_browser(**look), service)
    name = request.node.callspec.id

    def check(page):
        tab.browser.screenshot(f"{name}-{page}")
        assert tab.browser.violations() == [], page
        assert not tab.browser.overflows(), page
        assert len(tab.driver.find_elements(By.TAG_NAME, "h1")) == 1

    tab.browser.open(tab.address)
    tab.at("Sign in")
    check("sign-in")
    tab.press("Sign in")
    tab.browser.until(lambda driver: driver.title.startswith("Error"))
    check("wrong-key")
    tab.sign_in()
    check("empty")
    tab.follow("Create an OAuth2 client")
    tab.at("Create")
    check("create")
    tab.press("Create")
    tab.browser.until(lambda driver: driver.title.startswith("Error"))
    check("nameless")
    # the longest possible name in one word
    for client in ("ERP export", "W" * 100):
        tab.browser.open(tab.address)
        tab.at("Authentication")
        tab.create(client)
        check("credentials")
    tab.driver.refresh()
    tab.at("These credentials")
    check("shown")
    tab.browser.open(tab.address)
    tab.at("Authentication")
    check("tab")
    tab.follow("Generate a new set")
    tab.at("Generate")
    check("replace")
    tab.driver.back()
    tab.at("Authentication")
    tab.follow("Delete")
    tab.at("Delete")
    check("delete")
    tab.press("Delete")
    tab.at("Authentication")
    check("deleted")
    tab.browser.open(f"{tab.address}/nothing")
    tab.at("The request failed")
    check("problem")


def test_a_hostile_name_is_text(tab):
    name = "<img src=x onerror=document.title=1>\"'&amp;<script>document.title=1</script>"
    tab.create(name)
    assert tab.text("h1") == f"Credentials of {name}"
    tab.follow("Close")
    tab.at("Authentication")
    assert [listed for listed, _ in tab.listed()] == [name]
    assert tab.driver.title == "Authentication: orders" and tab.driver.find_elements(By.TAG_NAME, "img") == []
    # the Content-Security-Policy had nothing to block
    assert tab.browser.console() == []


def test_no_other_page_sends_a_form_here(tab, tmp_path):
    # another origin in the same browser, which has the cookie
    page = tmp_path / "elsewhere.html"
    page.write_text(
        "<!doctype html><title>Elsewhere</title>"
        f'<form method="post" action="{tab.address}/clients/new">'
        '<input name="name" value="stolen"><button>Send</button></form>'
    )
    tab.browser.open(page)
    tab.driver.find_element(By.TAG_NAME, "button").click()
    tab.browser.until(lambda driver: driver.current_url.startswith(tab.service))
    tab.browser.open(tab.address)
    tab.at("Authentication")
    assert tab.listed() == []


def test_no_other_page_shows_it_inside(tab, tmp_path):
    page = tmp_path / "elsewhere.html"
    page.write_text(f'<!doctype html><title>Elsewhere</title><iframe src="{tab.address}"></iframe>')
    tab.browser.open(page)
    assert any("frame-ancestors" in line for line in tab.browser.console())
