"""The timeline of a run: all of it can be reached, by mouse and by keyboard, and its labels can be read."""

import re
from datetime import datetime, timedelta

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as ec

from logs import events
from reports import clean, go, run_pack
from test_red_report import FAULTS

CHART = "#run-timeline .chart"
VIEWS = ["view=timeline", "view=timeline&clock=wall"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("timeline")


@pytest.fixture(scope="module")
def red(conform, root, folder):
    run_pack(conform, root, folder, FAULTS)
    return folder / "report.html"


@pytest.fixture(scope="module")
def exchanges(red, folder):
    """The steps with a request, each with whether it failed, by the numbers of the log."""
    steps = [event for event in events(folder / "run.jsonl") if event["event"] == "step-finished" and event.get("exchange")]
    return [
        any(check["severity"] == "must" and not check.get("holds") for check in step.get("checks", [])) for step in steps
    ]


def measured(browser):
    """The bars, labels and border of the chart in pixels of the page, and what of the chart can be scrolled to."""
    return browser.driver.execute_script(
        """const chart = document.querySelector(arguments[0]), svg = chart.querySelector('.bars');
        const box = (element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return { left, right, top, bottom, text: element.lastChild?.nodeType === 3 ? element.lastChild.data : '' };
        };
        const own = box(chart), scale = box(svg);
        return {
          bars: [...svg.querySelectorAll('.item')].map((bar) => ({
            ...box(bar), failed: bar.matches('.is-failed'), title: bar.textContent })),
          labels: [...svg.querySelectorAll('text')].map((label) => ({ ...box(label), kind: label.getAttribute('class') })),
          border: [...svg.querySelectorAll('line.border')].map(box)[0], svg: scale,
          drawn: Number(svg.getAttribute('width')), chart: own,
          reach: own.left + 1 - chart.scrollLeft + chart.scrollWidth,
        }""",
        CHART,
    )


def reload(browser, red, view):
    go(browser, red, view)
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, f"{CHART} .bars")))


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("view", VIEWS)
def test_every_bar_can_be_scrolled_to(open_browser, red, exchanges, view, width):
    browser = open_browser(width=width)
    reload(browser, red, view)
    seen = measured(browser)
    assert len(seen["bars"]) == len(exchanges) > 1000
    assert sum(bar["failed"] for bar in seen["bars"]) == sum(exchanges) > 50
    # not shrunk, and all within what is drawn and what can be scrolled to
    assert abs(seen["svg"]["right"] - seen["svg"]["left"] - seen["drawn"]) < 1
    for bar in seen["bars"]:
        assert seen["svg"]["left"] <= bar["left"] and bar["right"] <= min(seen["svg"]["right"], seen["reach"]), bar
        assert seen["svg"]["top"] <= bar["top"] and bar["bottom"] <= seen["chart"]["bottom"], bar
    # at the right end the last bar is in view
    browser.driver.execute_script("const chart = document.querySelector(arguments[0]); chart.scrollLeft = 1e6", CHART)
    seen = measured(browser)
    assert max(bar["right"] for bar in seen["bars"]) <= seen["chart"]["right"]
    assert not browser.overflows()


@pytest.mark.parametrize("width", [1280, 1920, 375])
@pytest.mark.parametrize("view", VIEWS)
def test_labels_are_whole_and_do_not_overlap(open_browser, red, view, width):
    browser = open_browser(width=width)
    reload(browser, red, view)
    for _ in range(3):
        seen = measured(browser)
        labels = seen["labels"]
        assert {"mark"} <= {label["kind"] for label in labels}
        for label in labels:
            assert seen["svg"]["left"] - 1 <= label["left"] and label["right"] <= seen["svg"]["right"] + 1, label
            assert seen["svg"]["top"] - 1 <= label["top"] and label["bottom"] <= seen["svg"]["bottom"] + 1, label
        for index, one in enumerate(labels):
            for other in labels[:index]:
                apart = (
                    one["right"] <= other["left"] + 1
                    or other["right"] <= one["left"] + 1
                    or one["bottom"] <= other["top"] + 1
                    or other["bottom"] <= one["top"] + 1
                )
                assert apart, (one, other)
        browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline button[aria-label='Zoom in']").click()


def test_the_border_at_24_hours_is_labelled_and_divides_the_bars(browser, red):
    reload(browser, red, "view=timeline")
    seen = measured(browser)
    [label] = [label for label in seen["labels"] if label["kind"] == "border-label"]
    assert label["text"] == "24h: tokens issued at the start expire"
    times = [datetime.fromisoformat(re.search(r"simulated (\S+)Z", bar["title"])[1]) for bar in seen["bars"]]
    border = min(times) + timedelta(hours=24)
    x = seen["border"]["left"]
    before = [bar["right"] for bar, time in zip(seen["bars"], times) if time < border]
    after = [bar["left"] for bar, time in zip(seen["bars"], times) if time >= border]
    assert max(before) <= x + 1 and x - 2 <= min(after) and len(after) > 10
    # the whole timeline and the border are in view without scrolling
    assert seen["svg"]["right"] <= seen["chart"]["right"] + 1
    reload(browser, red, "view=timeline&clock=wall")
    seen = measured(browser)
    [label] = [label for label in seen["labels"] if label["kind"] == "border-label"]
    x = seen["border"]["left"]
    # beside its line
    assert 0 <= x - label["right"] < 12 or 0 <= label["left"] - x < 12, (label, x)


def test_the_wall_clock_is_labelled_above_and_below_the_lanes(browser, red):
    reload(browser, red, "view=timeline&clock=wall")
    seen = measured(browser)
    times = [label for label in seen["labels"] if label["kind"] == "time"]
    upper = [label for label in times if label["top"] < seen["chart"]["top"] + 120]
    lower = [label["text"] for label in times if label not in upper]
    # above, those are left out that a line would cross
    assert len(upper) > 4 and lower[: len(upper)] == [label["text"] for label in upper]
    assert all(re.fullmatch(r"\+\d+(\.\d+)?(m?s|m|h)", label["text"]) for label in times), times
    # lanes begin near the top: the labels of advances are short
    assert min(bar["top"] for bar in seen["bars"]) - seen["chart"]["top"] < 160


def test_spans_of_years_are_in_years(browser, red):
    reload(browser, red, "view=timeline")
    texts = [label["text"] for label in measured(browser)["labels"]]
    assert {"1h", "23h 59m 59s", "25h", "1.6y", "77.6y"} <= set(texts)
    # two instants of one year differ
    assert not any(one == other for one, other in zip(texts, texts[1:])), texts
    assert not any(int(match[1]) >= 365 for text in texts if (match := re.match(r"(\d+)d", text)))
    table = browser.driver.find_element(By.CSS_SELECTOR, "#timeline .advances")
    table.find_element(By.TAG_NAME, "summary").click()
    assert "13.9 years (5072d 3h 14m 9s)" in table.text


def place(browser):
    return browser.driver.execute_script(
        "const chart = document.querySelector(arguments[0]);"
        "return [chart.scrollLeft, chart.querySelector('.bars').clientWidth, chart.clientWidth]",
        CHART,
    )


def test_scrolls_and_zooms_by_mouse(browser, red):
    reload(browser, red, "view=timeline")
    chart = browser.driver.find_element(By.CSS_SELECTOR, CHART)
    browser.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", chart)
    wheel = lambda ctrl, x, y: browser.cdp(  # noqa: E731
        "Input.dispatchMouseEvent", type="mouseWheel", x=700, y=450, deltaX=x, deltaY=y, modifiers=2 if ctrl else 0
    )
    _, whole, _ = place(browser)
    for _ in range(6):
        wheel(True, 0, -100)
    left, zoomed, _ = browser.until(lambda driver: place(browser)[1] > 2.5 * whole and place(browser))
    # what is under the pointer stays there
    rect = chart.rect
    under = 700 - rect["x"] - 150
    assert abs((left + under) / zoomed - under / whole) < 0.05
    wheel(False, 300, 0)
    browser.until(lambda driver: place(browser)[0] > left + 200)
    left = place(browser)[0]
    ActionChains(browser.driver).move_to_element(chart).click_and_hold().move_by_offset(-200, 3).release().perform()
    browser.until(lambda driver: place(browser)[0] > left + 100)
    # a drag that ends on a bar does not open it
    assert "case=" not in browser.driver.current_url
    browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline button[aria-label='Whole timeline']").click()
    assert place(browser)[1] == whole
    clean(browser, red)


def test_a_click_on_a_bar_opens_its_step(browser, red):
    reload(browser, red, "view=timeline")
    bar = browser.driver.find_elements(By.CSS_SELECTOR, f"{CHART} .item.is-failed")[-1]
    bar.click()
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case .step.is-failed.at")))


@pytest.mark.parametrize("view", VIEWS)
def test_scrolls_and_zooms_by_keyboard(browser, red, exchanges, view):
    reload(browser, red, view)
    chart = browser.driver.find_element(By.CSS_SELECTOR, CHART)
    whole = place(browser)[1]
    chart.send_keys("+", "+", "+", "+")
    assert place(browser)[1] > 4 * whole
    chart.send_keys(Keys.HOME)
    browser.until(lambda driver: place(browser)[0] < 200)
    chart.send_keys(Keys.PAGE_DOWN)
    browser.until(lambda driver: place(browser)[0] > 500)
    chart.send_keys(Keys.HOME)
    # from failure to failure: each one is in view, right of the names of the lanes
    failures = sum(exchanges)
    count = 0
    while count <= failures:
        chart.send_keys("n")
        if "No further failure" in browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline .status").text:
            break
        count += 1
        bar, box, side = browser.driver.execute_script(
            "const box = (name) => { const { left, right } = document.querySelector(arguments[0] + name)"
            ".getBoundingClientRect(); return [left, right]; };"
            "return [box(' .item.at'), box(''), box(' .lanes')]",
            CHART,
        )
        assert side[1] <= bar[0] and bar[1] <= box[1], count
    first = 1 if "is-failed" in chart.find_elements(By.CSS_SELECTOR, ".item")[0].get_attribute("class") else 0
    assert count + first == failures
    chart.send_keys("p", Keys.ENTER)
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case .step.is-failed.at")))
    clean(browser, red)
