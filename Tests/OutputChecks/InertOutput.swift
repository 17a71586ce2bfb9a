package import Foundation

/// What must hold of output whoever wrote what is in it. Each check gives what is wrong.
package enum InertOutput {
  /// Lines of characters that show as themselves, where a terminal reads them from left to right.
  package static func text(_ data: Data, allowing allowed: Set<Unicode.Scalar> = ["\n"], colour: Bool = false)
    -> [String]
  {
    guard let text = String(validating: data, as: UTF8.self) else { return ["is not UTF-8"] }
    let plain = colour ? text.replacing(#/\u{1b}\[[0-9;]*m/#, with: "") : text
    let lines = allowed.contains("\n") ? plain.unicodeScalars.split(separator: "\n") : [plain.unicodeScalars[...]]
    return lines.map(Substring.init).compactMap { line in
      guard let bad = line.unicodeScalars.first(where: { isActive($0) && !allowed.contains($0) }) else { return nil }
      return "U+\(String(bad.value, radix: 16)) in \(line.debugDescription.prefix(300))"
    }
  }

  /// By the Unicode tables of the standard library, not by those of the program.
  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: break
    }
    // Variation selectors choose the look of what stands before them.
    if (0xfe00...0xfe0f).contains(scalar.value) { return false }
    return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint
  }

  /// One JSON object a line.
  package static func records(_ data: Data) -> (records: [[String: Any]], problems: [String]) {
    var records: [[String: Any]] = []
    var problems = text(data)
    for line in data.split(separator: 0x0a) {
      if let record = try? JSONSerialization.jsonObject(with: line) as? [String: Any] {
        records.append(record)
      } else {
        problems.append("is no JSON object: \(String(decoding: line.prefix(200), as: UTF8.self))")
      }
    }
    return (records, problems)
  }

  /// RFC 4180, read strictly; every row as wide as the first, and no cell that a spreadsheet would run.
  package static func table(_ data: Data) -> (rows: [[String]], problems: [String]) {
    var problems = text(data, allowing: ["\n", "\r"])
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var bytes = Array(data)[...]
    let end = { (row: inout [String], cell: inout [UInt8]) in
      row.append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "\"") where cell.isEmpty:
        while let inner = bytes.popFirst() {
          if inner != UInt8(ascii: "\"") {
            cell.append(inner)
          } else if bytes.first == UInt8(ascii: "\"") {
            cell.append(inner)
            bytes = bytes.dropFirst()
          } else {
            break
          }
        }
        if let next = bytes.first, next != UInt8(ascii: ","), next != 13 { problems.append("text behind quotes") }
      case UInt8(ascii: "\""): problems.append("quotes within a cell that has none around it")
      case UInt8(ascii: ","): end(&row, &cell)
      case 13:
        if bytes.popFirst() != 10 { problems.append("CR without LF") }
        end(&row, &cell)
        rows.append(row)
        row = []
      case 10: problems.append("LF without CR")
      default: cell.append(byte)
      }
    }
    if !row.isEmpty || !cell.isEmpty { problems.append("the last row has no end") }
    for row in rows {
      if row.count != rows.first?.count { problems.append("\(row.count) cells in \(row)") }
      for cell in row {
        if let first = cell.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
          problems.append("a formula: \(cell.debugDescription.prefix(80))")
        }
      }
    }
    return (rows, problems)
  }

  /// Zeek's log as tab-separated values: the head, then rows that are as wide as it says.
  package static func log(_ data: Data) -> (rows: Int, problems: [String]) {
    var problems = text(data, allowing: ["\n", "\t"])
    let lines = data.split(separator: 0x0a)
    let fields = lines.filter { $0.starts(with: Data("#fields\t".utf8)) }
    if fields.count != 1 { problems.append("\(fields.count) heads") }
    if lines.count(where: { $0.starts(with: Data("#separator".utf8)) }) != 1 { problems.append("another separator") }
    if lines.count(where: { $0.starts(with: Data("#close".utf8)) }) > 1 { problems.append("two ends") }
    let width = { (line: Data) in line.count { $0 == 9 } }
    let rows = lines.filter { $0.first != 0x23 }
    for row in rows where width(row) != fields.first.map({ width($0) - 1 }) {
      problems.append("\(width(row) + 1) fields in \(String(decoding: row.prefix(200), as: UTF8.self))")
    }
    return (rows.count, problems)
  }

  /// A mailbox file has as many lines that begin a message as it has messages, and each begins as ours do.
  package static func mailbox(_ data: Data, messages: Int) -> [String] {
    let lines = data.split(separator: 0x0a, omittingEmptySubsequences: false)
    let begins = lines.filter { $0.starts(with: Data("From ".utf8)) }
    var problems = begins.count == messages ? [] : ["\(begins.count) messages instead of \(messages)"]
    for line in begins {
      let text = String(decoding: line, as: UTF8.self)
      if text.wholeMatch(of: #/From \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/#) == nil {
        problems.append("a separator \(text.debugDescription.prefix(200))")
      }
      problems += InertOutput.text(line)
    }
    return problems
  }

  /// A path below the output directory, safe on any file system and in any shell's listing.
  package static func path(_ path: String) -> [String] {
    var problems = text(Data(path.utf8), allowing: [])
    for name in path.split(separator: "/", omittingEmptySubsequences: false) {
      let stem = name.prefix { $0 != "." }.uppercased()
      let isDevice = ["CON", "PRN", "AUX", "NUL", "COM1", "LPT1"].contains(stem)
      if name.isEmpty || name.hasPrefix(".") || name.hasPrefix("-") || name.hasSuffix(" ") || name.hasSuffix(".")
        || name.utf8.count > 255 || isDevice || name.contains(where: { "\\:*?\"<>|".contains($0) })
      {
        problems.append("a name \(name.debugDescription)")
      }
    }
    return problems
  }
}
