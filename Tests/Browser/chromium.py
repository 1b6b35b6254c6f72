"""A headless Chromium for tests of pages: what it shows, its console and its network requests."""

import base64
import json
import os
from importlib.resources import files
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

TIMEOUT = 30  # seconds
# in CSS pixels; a picture of a page of a thousand rows takes longer than its tests
HIGHEST_SCREENSHOT = 12_000
# of siblings with the same tag and classes, such as the rows of a table, axe-core examines so many
EXAMINED_SIBLINGS = 40

SWITCHES = [
    "--headless=new",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    # no background activity
    "--no-first-run",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-features=OptimizationHints,MediaRouter,Translate,PasswordManagerOnboarding",
    # no name is resolved
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Browser:
    """One window. `driver` is the driver of Selenium, for everything else.

    A browser takes seconds to start, so it serves one test after the other: `reset` gives each a new window.
    """

    def __init__(self, javascript=True, screenshots=None):
        self.screenshots = Path(screenshots) if screenshots else None
        self.driver = webdriver.Chrome(options=_options(javascript), service=Service("/usr/bin/chromedriver"))
        # axe-core takes long for a large page on a machine with other work
        self.driver.set_script_timeout(300)

    def reset(self, scheme="light", width=1280, height=900, media="screen"):
        """A new window without a history, cookies, permissions and logs of the tests before.

        scheme: the colour scheme of the system, "light" or "dark".
        width, height: of the page, in CSS pixels; 375 by 812 is a phone.
        media: "screen" or "print".
        """
        former = self.driver.window_handles
        self.driver.switch_to.new_window("tab")
        window = self.driver.current_window_handle
        for handle in former:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(window)
        self.cdp("Network.clearBrowserCookies")
        self.cdp("Network.clearBrowserCache")
        self.cdp("Browser.resetPermissions")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self._requests = []
        self.cdp(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def close(self):
        self.driver.quit()

    def open(self, address):
        """Opens a URL, or a file by its path."""
        self.driver.get(address if "://" in str(address) else Path(address).resolve().as_uri())

    def cdp(self, command, **parameters):
        """A command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def until(self, condition, message=""):
        """Waits until a condition holds, one of Selenium's or a function of the driver, and gives its value."""
        return WebDriverWait(self.driver, TIMEOUT, poll_frequency=0.05).until(condition, message)

    def console(self):
        """The console since the last call, with errors of the network and of the Content-Security-Policy."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]

    def requests(self):
        """The URLs that were requested since the window was opened."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
        return list(self._requests)

    def strangers(self, *own):
        """The requested URLs that do not start with one of these."""
        inline = ("data:", "blob:", "about:")
        return [url for url in self.requests() if not url.startswith(inline + own)]

    def violations(self, **options):
        """The findings of axe-core, one line for each rule and element. Needs a window with JavaScript.

        Of many siblings of one kind the first ones are examined.
        options: those of axe.run().
        """
        axe = files("axe_playwright_python").joinpath("axe.min.js")
        self.driver.execute_script(axe.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            """const [options, most, done] = arguments;
            const further = [];
            for (const parent of document.querySelectorAll('*')) {
              if (parent.children.length <= most) continue;
              const counts = new Map();
              for (const child of parent.children) {
                const kind = `${child.tagName} ${child.className}`;
                counts.set(kind, (counts.get(kind) ?? 0) + 1);
                if (counts.get(kind) > most) further.push(child);
              }
            }
            // axe-core compares each element with all that it has to leave out, so they are taken away
            const places = further.map((element) => [element, element.parentNode, element.nextSibling]);
            for (const element of further) element.remove();
            axe.run(document, options)
              .catch((error) => ({error: String(error)}))
              .then((found) => {
                for (const [element, parent, next] of places.reverse()) parent.insertBefore(element, next);
                done(found);
              })""",
            options,
            EXAMINED_SIBLINGS,
        )
        assert "error" not in found, found["error"]
        return [
            f"{rule['id']}: {rule['help']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]
        ]

    def overflows(self):
        """Whether the page is wider than the window."""
        return self.driver.execute_script(
            "const page = document.documentElement; return page.scrollWidth > page.clientWidth"
        )

    def screenshot(self, name):
        """The page, or the upper part of a long one, as NAME.png in the folder for screenshots."""
        if not self.screenshots:
            return
        self.screenshots.mkdir(parents=True, exist_ok=True)
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        height = min(size["height"], HIGHEST_SCREENSHOT)
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1}
        picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        (self.screenshots / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


def _options(javascript):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for switch in SWITCHES:
        options.add_argument(switch)
    if os.geteuid() == 0:
        # Chromium has no sandbox for root
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return options
