"""report.html of a run with many failures: every number, the failing steps, the requirements, and a wide screen."""

import collections
import re
import shlex
import subprocess

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as ec
from selenium.webdriver.support.ui import Select

from logs import events
from reports import clean, copied, go, run_pack

FAULTS = (
    "tokens-live-23-hours",
    "expired-token-gets-403",
    "secret-in-the-list",
    "any-secret-accepted",
    "expires-in-as-text",
)
FINDINGS = ("failed", "errored", "warned")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("red")


@pytest.fixture(scope="module")
def red(conform, root, folder):
    run_pack(conform, root, folder, FAULTS)
    return folder / "report.html"


@pytest.fixture(scope="module")
def run(red, folder):
    return events(folder / "run.jsonl")


@pytest.fixture(scope="module")
def cases(run):
    return [event for event in run if event["event"] == "case-finished"]


def texts(browser, selector):
    return [element.text for element in browser.driver.find_elements(By.CSS_SELECTOR, selector)]


def state_of(verdicts):
    """The state of a requirement, from the verdicts of its cases."""
    for verdict, state in [
        ("failed", "not met"),
        ("errored", "not judged"),
        ("warned", "met with warnings"),
        ("passed", "met"),
        ("pending", "pending"),
        ("skipped", "skipped"),
    ]:
        if verdict in verdicts:
            return state
    return "not covered"


@pytest.fixture(scope="module")
def states(run, cases):
    """The state of each requirement, in the order of the pack."""
    verdicts = collections.defaultdict(set)
    for case in cases:
        for requirement in case.get("covers", []):
            verdicts[requirement["id"]].add(case["verdict"])
    [listed] = [event["requirements"] for event in run if event["event"] == "requirements"]
    return {requirement["id"]: state_of(verdicts[requirement["id"]]) for requirement in listed}


def test_the_counts_are_those_of_the_log(browser, red, cases):
    counts = collections.Counter(case["verdict"] for case in cases)
    browser.open(red)
    failed = counts["failed"] + counts["errored"]
    assert failed > 50
    browser.driver.find_element(By.CSS_SELECTOR, ".about summary").click()
    about = browser.driver.find_element(By.CSS_SELECTOR, ".about").text
    assert re.search(r"\n\d{1,3}(,\d{3})+ times the wall clock, in \d+ clock advances\n", about), about
    assert browser.driver.find_element(By.TAG_NAME, "h1").text.startswith(f"FAILED: {failed} of {len(cases)} cases")
    shown = {
        chip.get_attribute("data-verdict"): int(chip.find_element(By.TAG_NAME, "b").text)
        for chip in browser.driver.find_elements(By.CSS_SELECTOR, "#chips .chip")
    }
    assert shown == dict(counts)
    # seconds are aligned at their points
    seconds = browser.driver.execute_script(
        "return [...document.querySelectorAll('#table tbody tr')].map((row) => row.cells[4].textContent)"
    )
    assert all(re.fullmatch(r"0|\d+\.\d{3}", text) for text in seconds), seconds[:5]
    findings = sum(counts[verdict] for verdict in FINDINGS)
    assert browser.driver.find_element(By.ID, "found").text == f"{findings} of {len(cases)} cases shown"


def test_each_finding_is_in_one_group_and_each_group_counts_its_cases(browser, red, cases):
    browser.open(red)
    groups = browser.driver.execute_script(
        """return [...document.querySelectorAll('.group')].map((group) => ({
          headline: group.querySelector('.message').firstElementChild.nextElementSibling.nextSibling.textContent.trim(),
          count: parseInt(group.querySelector('.count')?.textContent ?? '1'),
          warned: parseInt(/(\\d+) of them only warned/.exec(group.textContent)?.[1] ?? '0'),
          words: group.querySelectorAll('.only').length, verdict: group.className,
          cases: [...group.children].filter((one) => one.tagName === 'UL' && !one.previousElementSibling.matches('.source')
            || one.matches('.rest')).flatMap((list) => [...list.querySelectorAll('li')]).map((item) => item.id),
          rest: parseInt(/and (\\d+) more/.exec(group.querySelector('.rest summary')?.textContent)?.[1] ?? '0'),
        }))"""
    )
    for group in groups:
        assert group["count"] == len(group["cases"]), group
        assert group["rest"] == max(0, group["count"] - 3), group
        if "is-warned" not in group["verdict"]:
            assert group["words"] == group["warned"]
    # in each group, what failed comes before what only warned
    orders = browser.driver.execute_script(
        """return [...document.querySelectorAll('.group:not(.is-warned)')].map((group) =>
          [...group.querySelectorAll('li')].filter((item) => !item.closest('ul').previousElementSibling.matches('.source'))
            .map((item) => Boolean(item.querySelector('.only'))))"""
    )
    assert any(any(order) for order in orders) and all(order == sorted(order) for order in orders)
    # one entry for a problem, also if it fails one case and warns in another
    headlines = [group["headline"] for group in groups]
    assert len(headlines) == len(set(headlines))
    assert any(group["warned"] for group in groups)
    listed = browser.driver.execute_script("return [...document.querySelectorAll('.group li')].map((item) => item.id)")
    assert len(listed) == len(set(listed)) == sum(case["verdict"] in FINDINGS for case in cases)
    # from the folder of the pack on
    places = browser.driver.execute_script(
        "return [...document.querySelectorAll('.group li > .source')].map((one) => one.textContent.split(' · ')[1])"
    )
    assert places and not any(place.startswith(("/", "Scenarios/")) for place in places), places[:3]
    assert not any("Scenarios/" in headline for headline in headlines)


def test_each_failing_step_is_open_and_red_with_its_exchange_in_view(browser, red, cases):
    browser.open(red)
    looked = 0
    for case in cases:
        if case["verdict"] not in ("failed", "errored"):
            continue
        go(browser, red, f"case={case['id']}")
        seen = browser.driver.execute_script(
            """const steps = [...document.querySelectorAll('#case .step')];
            const failed = steps.filter((step) => step.matches('.is-failed'));
            const first = failed[0]?.getBoundingClientRect(), side = failed[0]?.querySelector('.sides');
            const findings = [...document.querySelectorAll('#case .finding')];
            return {
              closed: failed.filter((step) => !step.querySelector('details')?.open).length, failed: failed.length,
              amber: steps.filter((step) => step.matches('.is-warned')).length,
              loose: findings.filter((one) => !one.closest('.step')).length, findings: findings.length,
              top: first?.top, exchange: side?.getBoundingClientRect().top, height: innerHeight,
            }"""
        )
        findings = case["findings"]
        assert seen["findings"] == len(findings), case["id"]
        # only what is about no recorded step is above the steps; an invariant shows its exchanges as steps
        loose = [finding for finding in findings if "step-id" not in finding and "exchange" not in finding]
        assert seen["loose"] == len(loose), (case["id"], seen)
        assert not any("step-id" in finding for finding in findings) or case["suite"] != "invariants", case["id"]
        assert seen["failed"] > 0 and seen["closed"] == 0 and seen["amber"] == 0, (case["id"], seen)
        assert -1 <= seen["top"] and seen["exchange"] < seen["height"] - 100, (case["id"], seen)
        looked += 1
    assert looked > 50


def test_a_case_names_the_command_that_runs_it_alone(browser, red, root, conform, cases):
    failed = next(case for case in cases if case["verdict"] == "failed" and " " in case["id"])
    passed = next(case for case in cases if case["verdict"] == "passed" and "/" in case["id"])
    for case in (failed, passed):
        go(browser, red, f"case={case['id']}")
        command = shlex.split(browser.driver.find_element(By.CSS_SELECTOR, "#case .command code").text)
        assert command[1] == "run" and command[-2:] == ["--only", case["id"]]
        selection = [conform, "list", *command[2:]]
        del selection[selection.index("--reports") : selection.index("--reports") + 2]
        # it is this case, and no other
        listed = subprocess.run(selection, cwd=root, capture_output=True, text=True)
        assert "\n1 scenario with 1 test case" in listed.stdout, listed.stdout + listed.stderr
    go(browser, red, f"case={failed['id']}")
    report = copied(browser, "Copy bug report")
    assert "repeat: curl -i" in report and f"--only '{failed['id']}'" in report
    assert "target: The embedded reference service" in report
    assert f"at {failed['suite']}/{failed['scenario']}.yaml:" in report
    # the requirement with its section
    go(browser, red, "case=expired-tokens-stay-expired")
    link = browser.driver.find_element(By.CSS_SELECTOR, "#case .finding a[href^='https://www.rfc-editor.org/rfc/rfc']")
    assert link.text == "RFC 6750 section 5.2"


def test_steps_before_the_failure_are_folded_and_a_link_opens_them(browser, red, run, cases):
    case = next(case for case in cases if case["id"] == "parallel-replacement")
    steps = sum(event["event"] == "step-finished" and event["n"] == case["n"] for event in run)
    go(browser, red, "case=parallel-replacement")
    fold = browser.driver.find_element(By.CSS_SELECTOR, "#case .folded")
    repeated = "generate a new set for the client 'lost' as 'found' (5 times)"
    assert fold.text.startswith(f"{steps - 1} steps before passed: create a client as 'lost'; {repeated}; request a token")
    shown = [step.is_displayed() for step in browser.driver.find_elements(By.CSS_SELECTOR, "#case .step")]
    assert shown == [False] * (steps - 1) + [True]
    fold.find_element(By.TAG_NAME, "summary").click()
    assert all(step.is_displayed() for step in browser.driver.find_elements(By.CSS_SELECTOR, "#case .step"))
    go(browser, red, "case=parallel-replacement&step=2")
    assert browser.driver.find_element(By.ID, "step-2").is_displayed()


def test_requirements_are_counted_by_suite_and_failures_are_first(browser, red, run, states):
    go(browser, red, "view=requirements")
    rows = browser.driver.execute_script(
        "return [...document.querySelectorAll('.matrix tbody tr')].map((row) => "
        "[row.cells[0].textContent, row.cells[3].textContent])"
    )
    assert dict(rows) == states and len(rows) == len(states)
    # failures first, and then the order of the pack
    ranks = ["not met", "not judged", "met with warnings"]
    rank = lambda id: ranks.index(states[id]) if states[id] in ranks else len(ranks)  # noqa: E731
    assert [id for id, _ in rows] == sorted(states, key=rank)
    table = browser.driver.execute_script(
        "return [...document.querySelectorAll('#suites tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    names = table[0][2:]
    for line in table[1:]:
        prefix = line[0].split()[0]
        own = [state for id, state in states.items() if prefix == "All" or id.startswith(f"{prefix}-")]
        assert [int(cell) for cell in line[1:]] == [len(own)] + [own.count(name) for name in names], line
    assert len(table) == 2 + len({id.split("-")[0] for id in states})
    assert table[1][0] == "MET Endpoints and metadata"
    zero = browser.driver.execute_script(
        "return [...document.querySelectorAll('#suites td')].map((cell) => "
        "[cell.textContent === '0', cell.classList.contains('none')])"
    )
    assert all(is_zero == is_muted for is_zero, is_muted in zero)
    # and no other count looks like them
    colours = browser.driver.execute_script(
        "return [...document.querySelectorAll('#suites td')].map((cell) => [cell.textContent, getComputedStyle(cell).color])"
    )
    muted_colour = next(colour for text, colour in colours if text == "0")
    assert all((text == "0") == (colour == muted_colour) for text, colour in colours)
    # of the cases of a requirement, the failed ones come first
    tallies = browser.driver.execute_script(
        "return [...document.querySelectorAll('.matrix tr[data-state=\"not met\"]')].map((row) => "
        "[row.querySelector('.tally').className, row.querySelector('.matrix ul li')?.className])"
    )
    assert tallies and all("is-failed" in tally and first == "is-failed" for tally, first in tallies), tallies[:3]
    # the section of each RFC is a link
    [listed] = [event["requirements"] for event in run if event["event"] == "requirements"]
    sections = {requirement["id"] for requirement in listed if re.search(r"RFC \d+", requirement["source"])}
    linked = browser.driver.execute_script(
        "return [...document.querySelectorAll('.matrix tbody tr')].filter((row) => "
        "row.querySelector('a[href^=\"https://www.rfc-editor.org/rfc/rfc\"]')).map((row) => row.cells[0].textContent)"
    )
    assert set(linked) == sections and len(sections) > 100
    browser.screenshot("red-requirements")
    clean(browser, red)


def shown_requirements(browser):
    return browser.driver.execute_script(
        "return [...document.querySelectorAll('.matrix tbody tr')].filter((row) => !row.hidden)"
        ".map((row) => row.cells[0].textContent)"
    )


def test_requirements_are_filtered(browser, red, states):
    go(browser, red, "view=requirements")
    box = browser.driver.find_element(By.ID, "rq")
    note = lambda: browser.driver.find_element(By.ID, "rfound").text  # noqa: E731
    assert note() == f"{len(states)} of {len(states)} requirements shown"
    browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    browser.until(lambda driver: driver.switch_to.active_element.get_attribute("id") == "rq")
    box.send_keys("rfc 6750 must")
    browser.until(lambda driver: note() != f"{len(states)} of {len(states)} requirements shown")
    shown = shown_requirements(browser)
    assert shown and all(id.split("-")[0] != "MET" for id in shown) and note().startswith(f"{len(shown)} of ")
    box.send_keys(Keys.ESCAPE)
    browser.until(lambda driver: len(shown_requirements(browser)) == len(states))
    Select(browser.driver.find_element(By.ID, "rs")).select_by_value("not met")
    browser.until(lambda driver: "rs=not%20met" in driver.current_url)
    assert set(shown_requirements(browser)) == {id for id, state in states.items() if state == "not met"}
    browser.driver.find_element(By.CSS_SELECTOR, "#suites tr[data-prefix=EXP] button").click()
    browser.until(lambda driver: set(shown_requirements(browser)) == {id for id in states if id.startswith("EXP-")})
    # a requirement of a case is at its row, whatever was filtered before
    go(browser, red, "case=expired-tokens-stay-expired")
    browser.driver.find_element(By.LINK_TEXT, "EXP-14").click()
    row = browser.until(ec.visibility_of_element_located((By.CSS_SELECTOR, ".matrix tr.at")))
    assert row.text.startswith("EXP-14")


def test_a_wide_screen_is_used(open_browser, red):
    browser = open_browser(width=1920)
    for fragment, selector in [("", "#results"), ("view=timeline", ".chart"), ("view=requirements", ".matrix")]:
        go(browser, red, fragment)
        width = browser.driver.find_element(By.CSS_SELECTOR, selector).rect["width"]
        assert width > 0.95 * 1920, fragment
        assert not browser.overflows(), fragment
        browser.screenshot(f"red-wide-{fragment.split('=')[-1] or 'results'}")
    go(browser, red, "")
    lefts = {group.rect["x"] for group in browser.driver.find_elements(By.CSS_SELECTOR, "#results > .groups > .group")}
    assert len(lefts) == 2


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 1280), ("light", 375), ("dark", 375)])
def test_accessible_and_within_the_window(open_browser, red, scheme, width):
    browser = open_browser(scheme=scheme, width=width)
    fragments = ["", "case=parallel-replacement", "view=timeline", "view=timeline&clock=wall", "view=requirements"]
    # each scheme and each width once: a page of 400 rows takes axe-core half a minute
    is_examined = (scheme, width) in [("light", 1280), ("dark", 375)]
    for fragment in fragments:
        go(browser, red, fragment)
        assert not is_examined or browser.violations() == [], fragment
        assert not browser.overflows(), fragment
        browser.screenshot(f"red-{scheme}-{width}-{re.sub('[^a-z]+', '-', fragment) or 'results'}")


def test_a_phone_shows_whole_words_and_numbers(open_browser, red):
    browser = open_browser(width=390)
    browser.open(red)
    cut = browser.driver.execute_script(
        """const cells = [...document.querySelectorAll('#table tbody tr')].filter((row) => !row.hidden)
          .flatMap((row) => [...row.cells]);
        return cells.filter((cell) => [...cell.getClientRects()].some((box) => box.right > innerWidth))
          .map((cell) => cell.textContent)"""
    )
    assert cut == []
    # the ids of requirements do not break at their hyphens, and the views are in one line
    assert browser.driver.execute_script(
        "return [...document.querySelectorAll('.ids span')].filter((id) => id.getClientRects().length > 1).length"
    ) == 0
    tops = {link.rect["y"] for link in browser.driver.find_elements(By.CSS_SELECTOR, ".views a")}
    assert len(tops) == 1


def test_nothing_moves_for_those_who_prefer_that(browser, red):
    browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    for fragment in ["", "case=parallel-replacement", "view=timeline", "view=requirements&req=EXP-14"]:
        go(browser, red, fragment)
        moving = browser.driver.execute_script(
            """return document.getAnimations().length + [...document.querySelectorAll('*')].filter((element) => {
              const style = getComputedStyle(element);
              return style.scrollBehavior === 'smooth' || style.animationName !== 'none'
                || style.transitionDuration.split(', ').some((one) => parseFloat(one) > 0);
            }).length"""
        )
        assert moving == 0, fragment
