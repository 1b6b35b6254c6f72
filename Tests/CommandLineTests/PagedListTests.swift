import Foundation
import Testing

@Suite("A list of clients that comes in pages")
struct PagedListTests {
  private static let listing = """
    title: Created clients are listed
    covers: TST-01
    given:
      - create-client: { as: a }
      - create-client: { as: b }
      - create-client: { as: c }
      - create-client: { as: d }
      - create-client: { as: e }
    steps:
      - list-clients: {}
        expect: { listed: [a, b, c, d, e] }
    """

  private func run(
    _ service: PagedService, _ pages: String, request: String = "GET /clients", scenario: String = listing,
    invariants: String? = nil
  ) throws -> (outcome: Outcome, log: String) {
    let workspace = try Workspace(
      scenarios: ["listed": scenario], target: service.target(pages, request: request))
    if let invariants { try workspace.write("invariants:\n\(invariants)\n", to: "Scenarios/invariants.yaml") }
    let outcome = try workspace.conform("run")
    return (outcome, workspace.exists("Reports/run.jsonl") ? try workspace.read("Reports/run.jsonl") : "")
  }

  @Test(
    "is read to its end if the target file says how the next page is found",
    arguments: [
      (.link, "pages: { next: /links/next }", ["/clients", "/clients?after=2", "/clients?after=4"]),
      (.relative, "pages: { next: /links/next }", ["/clients", "/clients?after=2", "/clients?after=4"]),
      (.header, "pages: { next: { header: Link } }", ["/clients", "/clients?after=2", "/clients?after=4"]),
      (
        .cursor, "pages: { next: /meta/next_cursor, query: after }",
        ["/clients", "/clients?after=2", "/clients?after=4"]
      ),
      (
        .number, "pages: { query: page, from: 1 }",
        ["/clients?page=1", "/clients?page=2", "/clients?page=3", "/clients?page=4"]
      ),
      (
        .notFound, "pages: { query: page, from: 1 }",
        ["/clients?page=1", "/clients?page=2", "/clients?page=3", "/clients?page=4"]
      ),
      (
        .offset, "pages: { query: offset, from: 0, by: items }",
        ["/clients?offset=0", "/clients?offset=2", "/clients?offset=4", "/clients?offset=5"]
      ),
      (
        .offset, "pages: { query: offset, from: 0, by: 2 }",
        ["/clients?offset=0", "/clients?offset=2", "/clients?offset=4", "/clients?offset=6"]
      ),
    ] as [(PagedService.Paging, String, [String])])
  func pages(paging: PagedService.Paging, pages: String, expected: [String]) throws {
    let service = try PagedService(paging)
    let (outcome, log) = try run(service, pages)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(service.lists == expected)
    // each page is an exchange of the log
    for path in expected { #expect(log.contains(#""url":"\#(service.url)\#(path)""#), "\(path)") }
  }

  @Test("keeps the other parameters of its request, and replaces that of the page")
  func parameters() throws {
    let service = try PagedService(.number)
    let (outcome, _) = try run(
      service, "pages: { query: page, from: 1 }", request: "GET /clients?page=7&sort=id")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(service.lists.first == "/clients?sort=id&page=1")
  }

  @Test("shows each page to the invariants")
  func invariants() throws {
    let service = try PagedService(.link)
    let (outcome, _) = try run(
      service, "pages: { next: /links/next }",
      invariants:
        #"  - { id: first, title: The first is not shown, covers: TST-01, of: list-clients, expect: { text: { not: { contains: '"c1"' } } } }"#
    )
    #expect(outcome.output.contains("3 cases: 2 passed, 1 failed"), "\(outcome.output)")
  }

  @Test(
    "leaves its case errored, with the place in the target file, if its pages do not end",
    arguments: [
      (.circle, "pages: { next: /links/next }", "page 1 of the list names itself as the next page"),
      (.ignored, "pages: { query: page, from: 1 }", "page 2 of the list repeats page 1"),
      (.endless, "pages: { next: /links/next }", "the list does not end within 1000 pages"),
      (
        .elsewhere, "pages: { next: /links/next }",
        "not sent: http://elsewhere.invalid:80 is not an origin of the target"
      ),
      (.link, "pages: { next: /links }", "the value at /links is neither text nor a number"),
    ] as [(PagedService.Paging, String, String)])
  func endless(paging: PagedService.Paging, pages: String, message: String) throws {
    let service = try PagedService(paging)
    let (outcome, _) = try run(service, pages)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(message), "\(outcome.output)")
    #expect(paging == .elsewhere || outcome.output.contains("Scenarios/targets/reference.yaml:"), "\(outcome.output)")
    #expect(service.lists.count <= 1000)
  }

  @Test(
    "leaves its case errored, with the key to write, if it has a next page that the target file does not read",
    arguments: [
      (.link, "", "pages: { next: /links/next }"), (.header, "", "pages: { next: { header: Link } }"),
      (.cursor, "", "pages: { next: /meta/next_cursor, query: NAME }"),
      (.link, "pages: { next: /links/nxt }", "pages: { next: /links/next }"),
    ] as [(PagedService.Paging, String, String)])
  func unread(paging: PagedService.Paging, pages: String, key: String) throws {
    let service = try PagedService(paging)
    let (outcome, _) = try run(service, pages)
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("'\(key)'") && outcome.output.contains("in 'clients.list'"), "\(outcome.output)")
    #expect(outcome.output.contains("Scenarios/targets/reference.yaml:"), "\(outcome.output)")
  }

  @Test("shows nothing about a client that is not on the pages that were read")
  func unlisted() throws {
    let scenario = PagedListTests.listing.replacing("listed: [a, b, c, d, e]", with: "unlisted: [e]")
    #expect(try run(PagedService(.link), "", scenario: scenario).outcome.status == 3)
    #expect(try run(PagedService(.link), "pages: { next: /links/next }", scenario: scenario).outcome.status == 1)
    let first = PagedListTests.listing.replacing("listed: [a, b, c, d, e]", with: "listed: [a]")
    #expect(try run(PagedService(.link), "", scenario: first).outcome.status == 0)
  }
}
