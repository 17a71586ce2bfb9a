internal import Mustache

/// What a template is filled with: each name it uses, and nothing that is found by reflection.
struct Fields: MustacheParent, ExpressibleByDictionaryLiteral {
  private var values: [String: Any]

  init(dictionaryLiteral elements: (String, Any?)...) {
    values = [:]
    for (name, value) in elements {
      if let value { values[name] = value }
    }
  }

  subscript(name: String) -> Any? {
    get { values[name] }
    set { values[name] = newValue }
  }

  func child(named name: String) -> Any? { values[name] }
}
