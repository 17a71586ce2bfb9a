/// Prometheus's text format (version 0.0.4), read strictly: what `promtool check metrics` would complain of is an error.
package struct ExpositionText {
  package struct Problem: Error, CustomStringConvertible {
    package var line: Int
    package var reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  package struct Sample: Equatable {
    package var name: String
    package var labels: [String: String]
    package var value: Double
  }

  package private(set) var samples: [Sample] = []
  package private(set) var types: [String: String] = [:]
  private var helped: Set<String> = []

  package init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Problem(line: 0, reason: "the last line has no end") }
    var seen: Set<String> = []
    var family = ""
    for (index, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      do {
        if line.hasPrefix("# HELP ") {
          let name = try Self.name(line.dropFirst(7).prefix { $0 != " " })
          guard helped.insert(name).inserted else { throw Reason("\(name) is explained twice") }
          family = name
        } else if line.hasPrefix("# TYPE ") {
          let words = line.dropFirst(7).split(separator: " ")
          guard words.count == 2, words[0] == family else { throw Reason("a type that does not follow its help") }
          guard ["counter", "gauge", "histogram"].contains(String(words[1])) else {
            throw Reason("no type: \(words[1])")
          }
          types[family] = String(words[1])
          if words[1] == "counter", !family.hasSuffix("_total") { throw Reason("a counter's name ends with _total") }
          if words[1] != "counter", family.hasSuffix("_total") {
            throw Reason("only a counter's name ends with _total")
          }
        } else {
          let sample = try Self.sample(line)
          guard sample.name == family || (types[family] == "histogram" && Self.isPart(sample.name, of: family)) else {
            throw Reason("\(sample.name) does not stand in its family")
          }
          let key = "\(sample.name) \(sample.labels.sorted { $0.key < $1.key })"
          guard seen.insert(key).inserted else { throw Reason("twice: \(key)") }
          if types[family] != "gauge", sample.value < 0 { throw Reason("a count below 0") }
          samples.append(sample)
        }
      } catch let reason as Reason {
        throw Problem(line: index + 1, reason: reason.text)
      }
    }
    try checkHistograms()
  }

  package subscript(name: String, labels: [String: String]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private struct Reason: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  private static func isPart(_ name: String, of family: String) -> Bool {
    ["_bucket", "_sum", "_count"].contains { name == family + $0 }
  }

  private static func name(_ text: Substring) throws -> String {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || first == "_",
      text.unicodeScalars.allSatisfy({
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
      })
    else { throw Reason("no name: \(text)") }
    return String(text)
  }

  private static func sample(_ line: Substring) throws -> Sample {
    guard let end = line.firstIndex(where: { $0 == "{" || $0 == " " }) else { throw Reason("no sample: \(line)") }
    let name = try name(line[..<end])
    var rest = line[end...]
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        guard let equals = rest.firstIndex(of: "=") else { throw Reason("a label without a value") }
        let label = try Self.name(rest[..<equals])
        rest = rest[rest.index(after: equals)...]
        guard rest.first == "\"" else { throw Reason("a value without its quotes") }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          guard character == "\\" else {
            value.append(character)
            continue
          }
          switch rest.first {
          case "\\": value.append("\\")
          case "\"": value.append("\"")
          case "n": value.append("\n")
          default: throw Reason("no escape: \\\(rest.first.map(String.init) ?? "")")
          }
          rest = rest.dropFirst()
        }
        guard rest.first == "\"", labels.updateValue(value, forKey: label) == nil else { throw Reason("no label") }
        rest = rest.dropFirst()
        if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { throw Reason("labels run on") }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " ", let value = Double(String(rest.dropFirst())) else { throw Reason("no value: \(rest)") }
    return Sample(name: name, labels: labels, value: value)
  }

  /// Buckets ascend, end with all, and agree with the count.
  private func checkHistograms() throws {
    for (family, type) in types where type == "histogram" {
      let buckets = samples.filter { $0.name == family + "_bucket" }
      let series = Set(buckets.map { sample in sample.labels.filter { $0.key != "le" } })
      for labels in series {
        let own = buckets.filter { sample in sample.labels.filter { $0.key != "le" } == labels }
        let bounds = try own.map { sample in
          guard let bound = sample.labels["le"].flatMap({ $0 == "+Inf" ? .infinity : Double($0) }) else {
            throw Problem(line: 0, reason: "\(family) has a bucket without a bound")
          }
          return bound
        }
        guard bounds == bounds.sorted(), bounds.last == .infinity, own.map(\.value) == own.map(\.value).sorted() else {
          throw Problem(line: 0, reason: "\(family) does not ascend")
        }
        guard own.last?.value == self[family + "_count", labels], self[family + "_sum", labels] != nil else {
          throw Problem(line: 0, reason: "\(family) has no sum, or another count")
        }
      }
    }
  }
}
