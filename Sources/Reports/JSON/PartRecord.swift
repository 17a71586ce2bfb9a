import MIMEParts

extension OutputBuffer {
  /// Appends what a message's parts are, as further members of its object.
  mutating func appendContents(_ contents: MIMEContents) {
    key("attachments")
    appendArray(contents.attachments) { $0.appendPart($1) }
    let bodies = contents.parts.filter { !$0.isAttachment && $0.file != nil }
    if !bodies.isEmpty {
      key("bodies")
      appendArray(bodies) { $0.appendPart($1) }
    }
    key("urls")
    appendArray(contents.urls) { $0.appendJSON($1.utf8.span) }
    guard !contents.problems.isEmpty else { return }
    key("mime_problems")
    appendArray(contents.problems) { $0.appendProblem($1) }
  }

  private mutating func appendPart(_ part: MIMEPart) {
    append(literal: "{\"name\":")
    appendOrNull(string: part.name)
    field("type", string: part.type)
    field("bytes", part.byteCount)
    field("sha256", word: part.sha256)
    field("md5", word: part.md5)
    field("sniffed_type", word: part.sniffedType)
    field("disposition", string: part.disposition)
    field("encoding", string: part.encoding)
    if let charset = part.charset { field("charset", string: charset) }
    if let raw = part.rawName { field("original_name", text: raw) }
    field("part", word: part.path)
    if part.kind != .entity { field("found_in", word: part.kind.rawValue) }
    field("incomplete", part.isIncomplete)
    if let file = part.file { field("file", string: file) }
    if part.isConverted { field("file_charset", word: "utf-8") }
    if !part.problems.isEmpty {
      key("problems")
      appendArray(part.problems) { (output, problem) in
        output.append(literal: "\"")
        output.append(problem.rawValue)
        output.append(literal: "\"")
      }
    }
    append(literal: "}")
  }

  private mutating func appendProblem(_ problem: MIMEProblem) {
    append(literal: "{\"problem\":\"")
    append(problem.kind.rawValue)
    append(literal: "\"")
    field("part", word: problem.path)
    if !problem.evidence.isEmpty { field("evidence", text: problem.evidence) }
    append(literal: "}")
  }
}
