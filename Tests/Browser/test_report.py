"""report.html: opened from the disk, searched, used by links and keys, printed, and with hostile text."""

import json
import re
import shlex
import subprocess

import html5lib
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as ec

from logs import HOSTILE, events, write, write_lines
from reports import copied, found, go, clean, render, run_pack, shown_rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def report(conform, root, folder):
    """The report of the second of two runs, so that there is a history."""
    for _ in range(2):
        run_pack(conform, root, folder)
    return folder / "report.html"


def test_failures_are_first(browser, report):
    browser.open(report)
    driver = browser.driver
    assert driver.find_element(By.TAG_NAME, "h1").text.startswith("FAILED: 1 of ")
    groups = driver.find_elements(By.CSS_SELECTOR, ".groups > .group.is-failed")
    assert "the token outlived its lifetime: it was accepted 1d after it was issued" in " ".join(group.text for group in groups)
    assert " expiry/second-of-expiry-is-too-late.yaml:" in " ".join(group.text for group in groups)
    # only findings at first; a search shows the others
    assert len(shown_rows(browser)) == 2
    browser.screenshot("report-light")
    clean(browser, report)


def test_searched_and_filtered(browser, report):
    browser.open(report)
    box = browser.driver.find_element(By.ID, "q")
    for query, check in [
        ("suite:expiry", lambda row: "expiry" in row.text),
        ("req:EXP-02 s:passed", lambda row: "EXP-02" in row.text and "PASSED" in row.text),
        ("-suite:expiry s:warned", lambda row: "expiry" not in row.find_elements(By.TAG_NAME, "td")[1].text),
        ("status:413", lambda row: True),
    ]:
        box.clear()
        box.send_keys(query)
        browser.until(lambda driver: not found(browser).startswith("0 "))
        rows = shown_rows(browser)
        assert rows and all(check(row) for row in rows), query
    box.clear()
    box.send_keys("no such words anywhere")
    browser.until(lambda driver: found(browser).startswith("0 of "))
    box.send_keys(Keys.ESCAPE)
    browser.driver.find_element(By.CSS_SELECTOR, "#chips [data-verdict=passed]").click()
    browser.until(lambda driver: len(shown_rows(browser)) > 300)
    browser.driver.find_element(By.CSS_SELECTOR, "th[data-sort=seconds] button").click()
    browser.until(
        lambda driver: driver.find_element(By.CSS_SELECTOR, "th[data-sort=seconds]").get_attribute("aria-sort")
        == "ascending"
    )
    seconds = [float(row.find_elements(By.CSS_SELECTOR, "td.number")[0].text) for row in shown_rows(browser)[:30]]
    assert seconds == sorted(seconds)
    clean(browser, report)


def test_a_case_by_its_link(browser, report):
    go(browser, report, "case=second-of-expiry-is-too-late")
    case = browser.driver.find_element(By.ID, "case")
    assert "FAILED" in case.text and "A token is refused in the second in which it expires" in case.text
    # the failed step is open: request and response side by side, expected and actual
    step = case.find_element(By.CSS_SELECTOR, ".step.is-failed")
    assert "401" in step.find_element(By.CSS_SELECTOR, ".diff .cut").text and "201" in step.find_element(By.CSS_SELECTOR, ".diff .add").text
    request, response = step.find_elements(By.CSS_SELECTOR, ".sides > div")
    assert request.rect["y"] == response.rect["y"] and "Bearer $TOKEN" in request.text and "HTTP/1.1 201" in response.text
    assert "clock advance: " in case.text
    browser.screenshot("report-case")
    # each step has a link, and going back leads to the table
    go(browser, report, "case=second-of-expiry-is-too-late&step=2")
    assert "at" in browser.driver.find_element(By.ID, "step-2").get_attribute("class").split()
    browser.driver.find_element(By.LINK_TEXT, "← all cases").click()
    browser.until(ec.visibility_of_element_located((By.ID, "table")))
    browser.driver.back()
    browser.until(ec.visibility_of_element_located((By.ID, "step-2")))
    clean(browser, report)


def test_what_is_copied(browser, report):
    go(browser, report, "case=second-of-expiry-is-too-late")
    words = shlex.split(copied(browser, "Copy as curl"))
    assert words[:2] == ["curl", "-i"] and words[-1].endswith("/v1/acme/orders")
    assert "the token outlived its lifetime: it was accepted 1d after it was issued" in copied(browser, "Copy bug report")
    assert json.loads(copied(browser, "Copy step as JSON"))["exchange"]["status"] == 201
    assert copied(browser, "Copy link").endswith("#case=second-of-expiry-is-too-late")


def test_curl_commands_are_those_of_the_other_reports(browser, root):
    vectors = json.loads((root / "Tests/ReportingTests/Golden/curl-commands.json").read_text(encoding="utf-8"))
    scripts = [root / f"Sources/Reporting/Resources/report/report-{name}.js" for name in ("body", "curl")]
    source = "\n".join(script.read_text(encoding="utf-8") for script in scripts)
    browser.open("about:blank")
    made = browser.driver.execute_script(
        f"{source}\nreturn arguments[0].map((exchange) => curlCommand(...exchange) ?? null);",
        [[vector["exchange"], vector.get("environment", [])] for vector in vectors],
    )
    assert made == [vector["curl"] for vector in vectors] and len(made) > 40


def frame_and_case(folder):
    """The first and the last event of a run, and the events of a case that failed in a step."""
    run = events(folder / "run.jsonl")
    end = next(
        event for event in run if event["event"] == "case-finished" and event["verdict"] == "failed" and event["findings"][0].get("exchange")
    )
    step = next(
        event
        for event in run
        if event["event"] == "step-finished" and event.get("exchange") == end["findings"][0]["exchange"]
    )
    return run[0], run[-1], step, end


def test_a_finding_is_at_the_step_that_it_names(browser, report, conform, folder):
    start, last, step, end = frame_and_case(folder)
    finding = end["findings"][0]
    steps = []
    for total in (0.001, 0.002, 0.003):
        exchange = dict(step["exchange"], timings={"total": total})
        steps.append(dict(step, n=0, id=len(steps) + 1, exchange=exchange))
    loose = {name: value for name, value in finding.items() if name not in ("exchange", "mismatch", "step-id")}
    loose.update(message="nowhere", step="a step that was not recorded")
    # what is masked in an exchange can differ between two lines of a log
    masked = dict(step["exchange"], url="$MASKED")
    findings = [{**finding, "step-id": 3, "exchange": masked}, {**finding, "step-id": 2}, loose]
    log = folder / "links.jsonl"
    write(log, [dict(start, cases=1), *steps, dict(end, n=0, findings=findings), last])
    page = render(conform, log)
    go(browser, page, f"case={end['id']}")
    shown = [len(one.find_elements(By.CSS_SELECTOR, ".finding")) for one in browser.driver.find_elements(By.CSS_SELECTOR, "#case .step")]
    assert shown == [0, 1, 1]
    assert "nowhere" in browser.driver.find_element(By.CSS_SELECTOR, "#case > div > .finding").text
    assert "repeat: curl -i" in copied(browser, "Copy bug report")
    clean(browser, page)


def test_an_exchange_that_violates_an_invariant_is_a_step(browser, report, conform, folder):
    start, last, _, end = frame_and_case(folder)
    log = folder / "invariant.jsonl"
    # an invariant names no step: it has none
    finding = {name: value for name, value in end["findings"][0].items() if name != "step-id"}
    write(log, [dict(start, cases=1), dict(end, n=0, suite="invariants", findings=[finding]), last])
    page = render(conform, log)
    go(browser, page, f"case={end['id']}")
    step = browser.driver.find_element(By.CSS_SELECTOR, "#case .step")
    assert step.find_element(By.CSS_SELECTOR, ".checks").text.endswith(end["findings"][0]["subject"])
    assert copied(browser, "Copy as curl").startswith("curl -i")
    clean(browser, page)


def test_a_line_that_is_no_step_is_left_out(browser, report, conform, folder):
    start, last, step, end = frame_and_case(folder)
    odd = [dict(step, n=0, exchange=value) for value in (None, 5, [], {}, {"method": 1, "url": []})]
    odd += [dict(step, n=0, step=7), dict(step, n=0, wall="x"), dict(step, n=0, checks={})]
    log = folder / "odd.jsonl"
    write(log, [dict(start, cases=1), *odd, dict(step, n=0), dict(end, n=0), last])
    text = log.read_text(encoding="utf-8").splitlines()
    write_lines(log, [text[0], '{"event":"step-finished","n":0,nothing}', *text[1:]])
    page = render(conform, log)
    for fragment in [f"case={end['id']}", "view=timeline", "q=status:201"]:
        go(browser, page, fragment)
        clean(browser, page)
    go(browser, page, f"case={end['id']}")
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#case .step")) == 1


def test_both_clocks(browser, report):
    go(browser, report, "view=timeline")
    chart = browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline .chart")
    assert len(chart.find_elements(By.CSS_SELECTOR, ".item")) > 1000
    browser.screenshot("report-timeline-simulated")
    browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline input[value=wall]").click()
    browser.until(lambda driver: "clock=wall" in driver.current_url)
    browser.until(
        lambda driver: driver.find_element(By.CSS_SELECTOR, "#run-timeline .chart .bars")
        .get_attribute("aria-label")
        .endswith("wall clock")
    )
    browser.screenshot("report-timeline-wall")
    # from bar to bar by keys, and into one
    chart.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    status = browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline .status").text
    assert "simulated 2022-07-20T10:03:08Z" in status and "wall 20" in status
    chart.send_keys(Keys.ENTER)
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case .step.at")))
    clean(browser, report)


def test_by_keyboard(browser, report):
    browser.open(report)
    body = browser.driver.find_element(By.TAG_NAME, "body")
    body.send_keys("j")
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case .steps")))
    first = browser.driver.current_url
    browser.driver.switch_to.active_element.send_keys("j")
    browser.until(lambda driver: driver.current_url != first)
    browser.driver.switch_to.active_element.send_keys("k")
    browser.until(lambda driver: driver.current_url == first)
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    browser.until(ec.visibility_of_element_located((By.ID, "table")))
    body.send_keys("3")
    browser.until(ec.visibility_of_element_located((By.ID, "requirements")))
    body.send_keys("/")
    browser.until(lambda driver: driver.switch_to.active_element.get_attribute("id") == "rq")
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    body.send_keys("1")
    browser.until(ec.visibility_of_element_located((By.ID, "table")))
    body.send_keys("/")
    browser.until(lambda driver: driver.switch_to.active_element.get_attribute("id") == "q")
    browser.driver.switch_to.active_element.send_keys("suite:expiry s:failed")
    link = browser.until(lambda driver: [row for row in shown_rows(browser)][:1])[0].find_element(By.TAG_NAME, "a")
    link.send_keys(Keys.ENTER)
    browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case .steps")))
    clean(browser, report)


VIEWS = ["", "case=second-of-expiry-is-too-late", "view=timeline", "view=requirements", "view=environment"]


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 375)])
def test_accessible_in_each_view(open_browser, report, scheme, width):
    browser = open_browser(scheme=scheme, width=width)
    for fragment in VIEWS:
        go(browser, report, fragment)
        assert browser.violations() == [], fragment
    clean(browser, report)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_fits_into_the_window(open_browser, report, scheme, width):
    browser = open_browser(scheme=scheme, width=width)
    for fragment in [*VIEWS, "s=all"]:
        go(browser, report, fragment)
        browser.screenshot(f"report-{scheme}-{width}-{fragment.split('=')[-1] or 'results'}")
        assert not browser.overflows(), fragment


def test_without_javascript(open_browser, report):
    browser = open_browser(javascript=False)
    browser.open(report)
    browser.driver.get(report.as_uri())
    text = browser.driver.find_element(By.TAG_NAME, "body").text
    assert "FAILED: 1 of " in text and "the token outlived its lifetime: it was accepted 1d after it was issued" in text
    assert len(shown_rows(browser)) > 360
    assert not browser.driver.find_element(By.ID, "q").is_displayed()
    browser.driver.find_element(By.CSS_SELECTOR, ".group details summary").click()
    assert "repeat: curl -i" in browser.driver.find_element(By.CSS_SELECTOR, ".group details pre").text
    browser.screenshot("report-without-javascript")


def test_printed(open_browser, report):
    browser = open_browser(media="print", scheme="dark")
    browser.open(report)
    driver = browser.driver
    assert driver.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        not driver.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
        and not driver.find_element(By.ID, "q").is_displayed()
    )
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert all(pre.is_displayed() for pre in driver.find_elements(By.CSS_SELECTOR, ".groups > .is-failed > ul pre"))
    browser.screenshot("report-print")


def test_history(browser, report):
    browser.open(report)
    assert [row.find_element(By.CSS_SELECTOR, ".strip").text for row in shown_rows(browser)] == ["!!", "✗✗"]
    assert "failing since" in browser.driver.find_element(By.ID, "table").text


def is_section(element, value):
    """A link to a section of an RFC: followed by a click only."""
    is_link = element.tag.endswith("}a") and element.get("rel") == "noreferrer"
    return is_link and re.fullmatch(r"https://www\.rfc-editor\.org/rfc/rfc\d+(#(section|appendix)-[A-Z0-9.]+)?", value)


def test_valid(report):
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(report.read_text(encoding="utf-8"))
    # the content of the script element is data; the rest has no error
    assert [error for error in parser.errors if error[1] not in ("invalid-codepoint",)] == []
    for element in tree.iter():
        for name in ("src", "href", "srcset", "action", "data"):
            value = element.get(name)
            assert value is None or value.startswith("#") or is_section(element, value), (element.tag, name, value)
    identifiers = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))


def test_hostile_text_does_nothing(browser, report, conform, folder):
    run = events(folder / "run.jsonl")
    for text in HOSTILE:
        short = text[:500]
        for event in run:
            if event["event"] == "case-finished" and event["verdict"] == "failed":
                event.update(id=short, title=short, area=short, tags=[short], file=short, covers=[{"id": short, "level": "must"}])
                for problem in event["findings"]:
                    problem.update(message=text, expected=text, actual=text + "?", step=text)
            if event["event"] == "step-finished" and event.get("exchange"):
                event["exchange"].update(method=short, url=text)
                event["exchange"]["response-headers"] = [{"name": short, "value": text}]
                event["exchange"]["response-body"] = {"size": len(text), "text": text[:2000]}
                event["step"] = short
            if event["event"] == "run-started":
                event.update(
                    target=short,
                    command=["conform", "run", short],
                    environment=[{"name": short, "value": short}, {"name": "ci.job", "value": short}],
                )
        log = folder / "hostile.jsonl"
        # the steps of the first cases are enough
        for event in run:
            if event["event"] == "case-finished" and event["n"] >= 120:
                event["exchanges"] = 0
        write(log, [event for event in run if event["event"] != "step-finished" or event["n"] < 120])
        page = folder / "hostile.html"
        subprocess.run([conform, "render", log, "--report", f"html={page}"], check=True, capture_output=True)
        for fragment in ["", "view=timeline", "view=requirements", "view=environment"]:
            go(browser, page, fragment)
            assert browser.driver.title != "broken"
        browser.open(page)
        browser.driver.find_element(By.TAG_NAME, "body").send_keys("j")
        browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, "#case h2")))
        # in the order of the page, so that folded steps are shown before theirs are
        for summary in browser.driver.find_elements(By.CSS_SELECTOR, "#case .steps summary")[:4]:
            summary.click()
        assert browser.driver.title != "broken"
        assert (
            browser.driver.execute_script(
                "return document.querySelectorAll('img, iframe, object, embed').length + document.scripts.length"
            )
            == 2
        )
        clean(browser, page)


def test_ten_thousand_cases(browser, report, conform, folder):
    run = events(folder / "run.jsonl")
    log, page = folder / "large.jsonl", folder / "large.html"
    body = [event for event in run if event["event"] in ("case-finished", "step-finished")]
    count = 1 + max(event["n"] for event in body)
    frame = [event for event in run if event["event"] not in ("case-finished", "step-finished", "case-planned", "case-started")]
    copies = []
    frame[0] = dict(frame[0], cases=(10_000 // count + 1) * count)
    for copy in range(10_000 // count + 1):
        for event in body:
            event = dict(event, n=event["n"] + copy * count)
            if event["event"] == "case-finished":
                event.update(id=f"{event['id']}-{copy}")
            copies.append(event)
    write(log, [frame[0]] + copies + frame[1:])
    subprocess.run([conform, "render", log, "--report", f"html={page}"], check=True, capture_output=True)
    # details of passed cases are omitted to limit the size; every case is in the table
    assert page.stat().st_size < 20 << 20
    browser.open(page)
    browser.until(lambda driver: re.match(r"\d+ of 10\d\d\d cases shown", found(browser)))
    ready = browser.driver.execute_script("return performance.getEntriesByType('navigation')[0].domComplete")
    # less than 2 s on a machine without other work; the limit is for a slow one
    print(f"a page of {count * (10_000 // count + 1)} cases, {page.stat().st_size >> 20} MiB: ready after {ready:.0f} ms")
    assert ready < 10_000
    go(browser, page, "s=all&sort=-seconds")
    browser.until(lambda driver: re.match(r"10\d\d\d of 10\d\d\d cases shown", found(browser)))
    row = browser.driver.find_element(By.CSS_SELECTOR, "#table tbody tr")
    assert (row.aria_role, row.find_element(By.TAG_NAME, "td").aria_role) == ("row", "cell")
    # of so many cases the timeline has those with findings first
    go(browser, page, "view=timeline")
    note = browser.driver.find_element(By.CSS_SELECTOR, "#run-timeline .note").text
    assert re.fullmatch(r"5000 of 10\d\d\d cases are drawn, those with findings first\.", note)
    failed = sum(event["event"] == "case-finished" and event["verdict"] == "failed" for event in copies)
    assert failed == len(browser.driver.find_elements(By.CSS_SELECTOR, "#run-timeline .item.is-failed"))
    clean(browser, page)
