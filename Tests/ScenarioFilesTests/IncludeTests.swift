import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import ScenarioFiles

@Suite("Target files that include others")
struct IncludeTests {
  private static let base = """
    target: The base
    base-url: https://api.example.com
    behaviour: { payload-accepted: [201, 202], lost-secret: old-set-dies }
    token: { url: /token, headers: { X-A: a, X-B: b } }
    connectors:
      orders: { inbound-url: /orders, values: { a: "1" }, payloads: { valid: { json: { id: "${unique}" } } } }
      products: { inbound-url: /products, payloads: { valid: { json: { sku: "${unique}" } } } }
    clients: { static: [{ id: a, secret: "${env.A}" }, { id: b, secret: "${env.B}" }] }
    sign: { command: [./sign] }
    files: { key: key.txt }
    """

  /// - Parameter files: Beside the base, which is in a folder of its own.
  private static func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("shared/base.yaml", base)
    try folder.write("shared/key.txt", "of the shared folder\n")
    for (path, text) in files { try folder.write(path, text) }
    return folder
  }

  @Test("have their keys where they have none; mappings merge, lists and scalars are replaced, null removes")
  func merged() throws {
    let folder = try IncludeTests.folder([
      "own.yaml": """
      include: shared/base.yaml
      target: Its own
      behaviour: { payload-accepted: 204 }
      token: { headers: { X-B: null, X-C: c } }
      connectors: { invoices: { inbound-url: /invoices, payloads: { valid: { text: "<a/>" } } }, products: null }
      clients: { static: [{ id: c, secret: "${env.C}" }] }
      """
    ])
    let target = try Target.load("\(folder.path)/own.yaml")
    #expect(target.name == "Its own" && target.place.file == "\(folder.path)/own.yaml")
    #expect(target.value(of: .payloadAccepted) == [204] && target.value(of: .lostSecret) == "old-set-dies")
    #expect(target.token.headers.map(\.name) == ["X-C", "X-A"])
    #expect(target.connectors.map(\.name) == ["invoices", "orders"])
    #expect(target.connectors[1].values.map(\.name) == ["a"])
    guard case .static(let given) = target.clients else { throw CocoaError(.featureUnsupported) }
    #expect(given.map(\.id) == [.literal(.string("c"))])
    #expect(target.variables.map(\.name) == ["C"])
    // what is relative to a file is relative to that which has it
    #expect(target.signature?.program.folder == "\(folder.path)/shared")
    #expect(target.files.first?.value.literalText == "of the shared folder")
  }

  @Test("take several, of which the last wins, and those include others")
  func several() throws {
    let folder = try IncludeTests.folder([
      "own.yaml": "include: [middle.yaml, last.yaml]\ntarget: Own\n",
      "middle.yaml": "include: shared/base.yaml\nbehaviour: { token-lifetime: 60 }\nrate: 5/s\njobs: 3\nsign: null\n",
      "last.yaml": "behaviour: { token-lifetime: 90 }\njobs: 4\n",
    ])
    let target = try Target.load("\(folder.path)/own.yaml")
    #expect(target.behaviour[.tokenLifetime] == 90 && target.behaviour[.lostSecret] == "old-set-dies")
    #expect(target.jobs == 4 && target.rate == 5 && target.signature == nil)
  }

  @Test("have the digest of one file that says the same, and another as soon as an included file says something else")
  func digest() throws {
    let own = "behaviour: { lost-secret: old-set-stays }\n"
    let whole = IncludeTests.base.replacingOccurrences(of: "old-set-dies", with: "old-set-stays")
    let folder = try IncludeTests.folder([
      "own.yaml": "include: shared/base.yaml\n\(own)", "shared/whole.yaml": "# a comment\n\(whole)\n",
    ])
    let digest = try Target.load("\(folder.path)/own.yaml").digest
    #expect(try Target.load("\(folder.path)/shared/whole.yaml").digest == digest)
    try folder.write("shared/base.yaml", IncludeTests.base.replacingOccurrences(of: "X-A: a", with: "X-A: z"))
    #expect(try Target.load("\(folder.path)/own.yaml").digest != digest)
  }

  @Test("are recognised, watched with all that they name, and have the TODOs of all files")
  func files() throws {
    let folder = try IncludeTests.folder([
      "own.yaml": "include: middle.yaml\n", "middle.yaml": "include: shared/base.yaml\njobs: 3  # TODO how many\n",
    ])
    let path = "\(folder.path)/own.yaml"
    #expect(Target.isFile(path))
    let inputs = Set(Target.inputFiles(path))
    #expect(
      inputs.isSuperset(
        of: ["own.yaml", "middle.yaml", "shared/base.yaml", "shared/key.txt"].map { "\(folder.path)/\($0)" }))
    #expect(Target.openTasks(in: path).map(\.file) == ["\(folder.path)/middle.yaml"])
  }

  @Test("beside a pack are its targets, but not the parts that they include")
  func parts() throws {
    let folder = try IncludeTests.folder([
      "targets/own.yaml": "include: [part.yaml, ../shared/base.yaml]\n", "targets/part.yaml": "jobs: 3\n",
      "targets/other.yaml": "jobs: 3\n",
    ])
    let found = try Library.targetFiles(of: folder.path).map { $0.split(separator: "/").last ?? "" }
    #expect(found == ["other.yaml", "own.yaml"])
  }

  private static func errors(_ files: [String: String]) throws -> String {
    let folder = try IncludeTests.folder(files)
    let found = #expect(throws: Diagnostics.self) { try Target.load("\(folder.path)/own.yaml") }
    return (found?.description ?? "").replacingOccurrences(of: "\(folder.path)/", with: "")
  }

  @Test("have each mistake placed in the file in which it is, with the way to it")
  func mistakes() throws {
    let errors = try IncludeTests.errors([
      "own.yaml": "include: [middle.yaml, gone.yaml, 7, [x]]\nsigne: x\n",
      "middle.yaml": """
      include: shared/base.yaml
      jobs: none
      token: { urrl: /x, headers: { X-Api-Key: literal-key } }
      """,
    ])
    let expected = [
      "own.yaml:1:38: the path of a file must be text, not a list",
      "middle.yaml:2:7: jobs must be a whole number from 1 to 10000\n   2 | jobs: none\n     |       ^^^^\n  used at "
        + "own.yaml:1:11",
      "middle.yaml:3:10: unknown key 'urrl' in token; did you mean 'url'?",
      "middle.yaml:3:42: a target file must not contain secrets;",
      "gone.yaml:1:1: cannot be read: No such file or directory\n  used at own.yaml:1:24",
      "own.yaml:2:1: unknown key 'signe' in a target; did you mean 'sign'?",
    ]
    for text in expected { #expect(errors.contains(text), "\(text)\n\nin:\n\(errors)") }
    #expect(!errors.contains("literal-key"))
  }

  @Test("are refused with the chain if they include each other, or too many the next one")
  func loops() throws {
    let loop = try IncludeTests.errors(["own.yaml": "include: a.yaml\n", "a.yaml": "include: ./own.yaml\n"])
    #expect(loop.contains("a.yaml:1:10: the files include each other: "), "\(loop)")
    #expect(loop.contains("own.yaml includes a.yaml includes ./own.yaml"), "\(loop)")
    #expect(try IncludeTests.errors(["own.yaml": "include: own.yaml\n"]).contains("the files include each other"))
    var chain = Dictionary(
      uniqueKeysWithValues: (0..<12).map { ("f\($0).yaml", "include: f\($0 + 1).yaml\n") })
    chain["own.yaml"] = "include: f0.yaml\n"
    let deep = try IncludeTests.errors(chain)
    #expect(deep.contains("f9.yaml:1:10: more than 10 files include the next one: "), "\(deep)")
    let many = "include: [\(Array(repeating: "part.yaml", count: 101).joined(separator: ", "))]\n"
    let wide = try IncludeTests.errors(["own.yaml": many, "part.yaml": "jobs: 3\n"])
    #expect(wide.contains("more than 100 files are included"), "\(wide)")
  }

  @Test("are refused if a file is no mapping, and named if a key is missing in all of them")
  func others() throws {
    let list = try IncludeTests.errors(["own.yaml": "include: a.yaml\n", "a.yaml": "[1]\n"])
    #expect(list.contains("a.yaml:1:1: an included file must be a mapping, not a list"), "\(list)")
    let removed = try IncludeTests.errors(["own.yaml": "include: shared/base.yaml\nbase-url: null\n"])
    #expect(removed.contains("own.yaml:1:1: missing key 'base-url' in a target"), "\(removed)")
  }

  @Test("are a copy less in the shipped target for XML")
  func shipped() throws {
    let targets = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Scenarios/targets").path
    let target = try Target.load("\(targets)/reference-xml.yaml")
    #expect(target.connectors.map(\.name) == ["invoices", "orders"])
    #expect(try Target.load("\(targets)/reference.yaml").clients == target.clients)
  }
}
