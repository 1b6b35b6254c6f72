import ConformanceModel
import Testing

@Suite("Paths")
struct PathTests {
  @Test(
    "the folder and the name of a file",
    arguments: [
      ("a/b/c.yaml", "a/b", "c.yaml"), ("a/c", "a", "c"), ("a//c", "a", "c"), ("c", ".", "c"), ("./c", ".", "c"),
      ("/c", "/", "c"), ("//c", "/", "c"), ("a/b/", "a/b", "b"),
      ("", ".", ""), ("/", "/", ""), ("a/\u{301}c", "a", "\u{301}c"),
    ])
  func parts(_ path: String, _ folder: String, _ name: String) {
    #expect(Path.folder(of: path) == folder)
    #expect(Path.name(of: path) == name)
  }

  @Test(
    "a name without its extension",
    arguments: [
      ("a/b.yaml", "b"), ("a.b/c.d.yml", "c.d"), ("a.b/c", "c"), ("b", "b"), (".yaml", ".yaml"), ("b.", "b."), ("", ""),
    ])
  func stem(_ path: String, _ stem: String) {
    #expect(Path.stem(of: path) == stem)
  }

  @Test(
    "a name in a folder",
    arguments: [("a", "b", "a/b"), ("a/", "b", "a/b"), (".", "b", "b"), ("a", "/b", "/b"), ("/", "b", "/b")])
  func joined(_ folder: String, _ name: String, _ path: String) {
    #expect(Path.join(folder, name) == path)
  }
}
