import HTTPModel
import Testing

@Suite("A header field that is a list of names")
struct FieldListTests {
  @Test(
    "has the names of its members, whatever their case, values and parameters",
    arguments: [
      ("no-store", ["no-store"]), ("No-Store", ["no-store"]), ("max-age=0, no-store", ["max-age", "no-store"]),
      (" ,, no-store\t,", ["no-store"]), ("", []), (",", []), ("no-store=\"a\"", ["no-store"]),
      ("GET;q=1 ; a=\"b,c\", POST", ["get", "post"]), ("max-age=9, ext=\"a, no-store, b\"", ["max-age", "ext"]),
      ("ext=\"a\\\", no-store\"", ["ext"]), ("private=\"no-store\"", ["private"]),
    ])
  func names(field: String, names: [String]) {
    let list = FieldList(field)
    #expect(list.names == names)
    #expect(list.malformed == [])
  }

  @Test(
    "does not have as a member what only looks like it",
    arguments: [
      "x-no-store", "no-store-ever", "not-no-store", "\"no-store\"", "no-store x", "no store", "no-store:",
      "(no-store)",
    ])
  func others(field: String) { #expect(!FieldList(field).contains("no-store")) }

  @Test(
    "has the members after an element that is malformed",
    arguments: [
      ("\"a, b\", c", "\"a, b\""), ("a b, c", "a b"), ("a=, c", "a="), ("a=\"b, c", "a=\"b"), ("=a, c", "=a"),
      ("a;b=, c", "a;b="), ("\"a\"b, c", "\"a\"b"),
    ])
  func malformed(field: String, element: String) {
    let list = FieldList(field)
    #expect(list.malformed == [element])
    #expect(list.names == ["c"])
  }
}
