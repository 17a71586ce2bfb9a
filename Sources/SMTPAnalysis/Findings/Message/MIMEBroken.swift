internal import MIMEParts

extension CatalogueEntry {
  static let mimeBroken = CatalogueEntry(
    .mimeBroken, .warning, "the MIME structure is broken",
    explanation: """
      Parts of the message cannot be told apart or decoded: a boundary is missing or never closed, an encoding is \
      invalid or not allowed there, or parts are nested without end. Attachments may be lost, and filters may see \
      other parts than the reader.
      """,
    seenWhen: """
      with --attachments, in a complete message: a multipart without its boundary parameter, without any delimiter or \
      without the closing one; base64, quoted-printable, uuencode or yEnc that cannot be decoded; an unknown encoding, \
      or one that is not allowed there; deeper nesting than is followed
      """,
    whatToDo: "correct the program that makes the message; look for a server on the way that cut it or added a footer",
    references: ["RFC 2046 section 5.1.1", "RFC 2045 section 6"])
}

enum MIMEBroken: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.brokenMIME) else { return }
    for draft in evidence.drafts {
      // What a hole or an end that never came may have taken proves nothing.
      guard let message = draft.transaction.message, message.isComplete, let contents = message.contents else {
        continue
      }
      let faults = contents.problems.filter(\.kind.isFault)
      guard let first = faults.first else { continue }
      let further =
        faults.count > 1
        ? " There \(faults.count == 2 ? "is 1 more fault" : "are \(faults.count - 1) more faults")." : ""
      findings.add(
        Finding(
          .mimeBroken, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start), message: sentence(first) + further,
          evidence: first.evidence.isEmpty ? nil : first.evidence))
    }
  }

  private static func sentence(_ problem: MIMEProblem) -> String {
    let part = problem.path.isEmpty ? "The message" : "Part \(problem.path) of the message"
    let shown = visible(problem.evidence.prefix(80))
    return switch problem.kind {
    case .boundaryMissing: "\(part) is a multipart and names no boundary: its parts cannot be told apart."
    case .delimiterMissing: "\(part) is a multipart, and no line with its boundary \(shown) stands in it."
    case .neverClosed: "\(part) is a multipart, and the closing line of its boundary \(shown) is missing."
    case .nestedTooDeep: "\(part) is nested deeper than parts are followed."
    case .badBase64: "\(part) is declared as base64 and holds other characters, or ends within a byte."
    case .dataBehindPadding: "\(part) is declared as base64 and goes on behind the padding that ends it."
    case .badQuotedPrintable:
      "\(part) is declared as quoted-printable and holds an equals sign that begins no encoded byte."
    case .encodingNotAllowed: "\(part) holds other parts and is encoded as \(shown), which is not allowed there."
    case .encodingUnknown: "\(part) has a transfer encoding that nobody knows: \(shown)."
    case .badUUEncode: "\(part) holds a block of uuencode that is broken or never ends."
    case .badYEnc: "\(part) holds a block of yEnc that is broken: its size or checksum is another than it says."
    case .badTNEF: "\(part) is declared as TNEF and cannot be read as that."
    case .tooManyParts, .headerTooLong, .nameTooLong, .tooManyParameters, .notHashed, .attributeTooLong, .tooManyURLs:
      "\(part) exceeds what is read of it."
    }
  }
}
