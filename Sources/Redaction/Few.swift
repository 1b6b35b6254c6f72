// Values of which there is nearly always one.

/// A list that takes no memory of its own for a single value.
enum Few<Element>: RandomAccessCollection {
  case one(Element)
  case several([Element])

  init() { self = .several([]) }

  var startIndex: Int { 0 }

  var endIndex: Int {
    switch self {
    case .one: 1
    case .several(let elements): elements.count
    }
  }

  subscript(index: Int) -> Element {
    switch self {
    case .one(let element): element
    case .several(let elements): elements[index]
    }
  }

  mutating func append(_ element: Element) { insert(element, at: count) }

  mutating func insert(_ element: Element, at index: Int) {
    if isEmpty { self = .one(element) } else { change { $0.insert(element, at: index) } }
  }

  mutating func remove(at index: Int) {
    if case .one = self { self = Few() } else { change { $0.remove(at: index) } }
  }

  mutating func removeAll(where isRemoved: (Element) -> Bool) {
    switch self {
    case .one(let element): if isRemoved(element) { self = Few() }
    case .several: change { $0.removeAll(where: isRemoved) }
    }
  }

  private mutating func change(_ body: (inout [Element]) -> Void) {
    var elements: [Element]
    switch self {
    case .one(let element): elements = [element]
    case .several(let several): elements = several
    }
    // so that the elements are not copied
    self = Few()
    body(&elements)
    self = elements.count == 1 ? .one(elements[0]) : .several(elements)
  }
}
