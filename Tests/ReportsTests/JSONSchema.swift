import Foundation

/// As much of JSON Schema (draft 2020-12) as `docs/smtpscope.schema.json` uses; any other keyword is an error.
struct JSONSchema {
  let definitions: [String: Any]
  /// The properties that were met, as `definition.property`.
  private(set) var seen: Set<String> = []

  init(_ schema: [String: Any]) {
    definitions = schema["$defs"] as? [String: Any] ?? [:]
  }

  /// The places where a value does not fit a definition.
  mutating func misfits(of value: Any, definition: String) -> [String] {
    guard let rules = definitions[definition] as? [String: Any] else { return ["no definition \(definition)"] }
    return misfits(of: value, rules: rules, place: definition, within: definition)
  }

  /// All properties of all definitions, as `definition.property`.
  var allProperties: Set<String> {
    definitions.reduce(into: []) { properties, definition in
      collect(definition.value, within: definition.key, into: &properties)
    }
  }

  private func collect(_ rules: Any, within path: String, into properties: inout Set<String>) {
    guard let rules = rules as? [String: Any] else { return }
    for (name, property) in rules["properties"] as? [String: Any] ?? [:] {
      properties.insert("\(path).\(name)")
      collect(property, within: "\(path).\(name)", into: &properties)
    }
    for option in (rules["oneOf"] ?? rules["anyOf"]) as? [Any] ?? [] {
      collect(option, within: path, into: &properties)
    }
    if let items = rules["items"] { collect(items, within: path, into: &properties) }
  }

  private mutating func misfits(of value: Any, rules: [String: Any], place: String, within path: String) -> [String] {
    var found: [String] = []
    for (keyword, rule) in rules {
      switch keyword {
      case "$ref":
        guard let name = (rule as? String)?.split(separator: "/").last.map(String.init),
          let target = definitions[name] as? [String: Any]
        else { return ["\(place): no such reference \(rule)"] }
        found += misfits(of: value, rules: target, place: place, within: name)
      case "type":
        let names = rule as? [String] ?? [rule as? String ?? ""]
        if !names.contains(where: { isType(value, $0) }) { found.append("\(place): \(value) is not \(names)") }
      case "const", "enum":
        let allowed = rule as? [Any] ?? [rule]
        if !allowed.contains(where: { ($0 as? NSObject) == (value as? NSObject) }) {
          found.append("\(place): \(value) is not one of \(allowed)")
        }
      case "oneOf", "anyOf":
        let options = (rule as? [[String: Any]] ?? []).map { rules -> (JSONSchema, [String]) in
          var branch = self
          let misfits = branch.misfits(of: value, rules: rules, place: place, within: path)
          return (branch, misfits)
        }
        let fitting = options.filter { $0.1.isEmpty }
        if let first = fitting.first, keyword == "anyOf" || fitting.count == 1 {
          seen = first.0.seen
        } else {
          found.append("\(place): fits \(fitting.count) of \(keyword): \(options.map(\.1))")
        }
      case "minimum", "maximum":
        guard let number = value as? NSNumber, let bound = rule as? NSNumber else { continue }
        let order = number.compare(bound)
        if order == (keyword == "minimum" ? .orderedAscending : .orderedDescending) {
          found.append("\(place): \(number) breaks \(keyword) \(bound)")
        }
      case "pattern":
        guard let text = value as? String, let pattern = rule as? String else { continue }
        if text.range(of: pattern, options: .regularExpression) == nil {
          found.append("\(place): \(text) is no \(pattern)")
        }
      case "items":
        for (index, item) in (value as? [Any] ?? []).enumerated() {
          found += misfits(of: item, rules: rule as? [String: Any] ?? [:], place: "\(place)[\(index)]", within: path)
        }
      case "required":
        guard let object = value as? [String: Any] else { continue }
        found += (rule as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): \($0) is missing" }
      case "properties":
        guard let object = value as? [String: Any] else { continue }
        for (name, property) in rule as? [String: [String: Any]] ?? [:] {
          guard let member = object[name] else { continue }
          seen.insert("\(path).\(name)")
          found += misfits(of: member, rules: property, place: "\(place).\(name)", within: "\(path).\(name)")
        }
      case "additionalProperties":
        guard let object = value as? [String: Any] else { continue }
        let known = (rules["properties"] as? [String: Any] ?? [:]).keys
        for name in Set(object.keys).subtracting(known) {
          if let rules = rule as? [String: Any], let member = object[name] {
            found += misfits(of: member, rules: rules, place: "\(place).\(name)", within: path)
          } else {
            found.append("\(place): \(name) is not in the schema")
          }
        }
      case "propertyNames":
        for name in (value as? [String: Any] ?? [:]).keys {
          found += misfits(of: name, rules: rule as? [String: Any] ?? [:], place: "\(place) key", within: path)
        }
      case "description", "contentEncoding", "format": continue
      default: found.append("the keyword \(keyword) is not implemented")
      }
    }
    return found
  }

  private func isType(_ value: Any, _ name: String) -> Bool {
    // Foundation has one type for numbers and booleans, which it tells apart when it writes them.
    let isBoolean =
      value is NSNumber
      && ["[true]", "[false]"].map { Data($0.utf8) }.contains(try? JSONSerialization.data(withJSONObject: [value]))
    return switch name {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBoolean
    case "number": value is NSNumber && !isBoolean
    case "integer": !isBoolean && (value as? NSNumber).map { $0.doubleValue.rounded() == $0.doubleValue } ?? false
    case "null": value is NSNull
    default: false
    }
  }
}
