internal import Wire

// A refusal as a sentence: who refused whom, at which step, with which words, and what follows from that.

extension Refusal {
  /// The finding that tells it.
  ///
  /// - Parameter detail: A sentence more, where the finding has something to say.
  func finding(_ detail: String = "", severity: Severity? = nil, evidence: [UInt8]? = nil) -> Finding {
    var text = Sentence()
    appendSentence(to: &text)
    if !detail.isEmpty {
      text += " "
      text += detail
    }
    return Finding(
      finding, severity: severity, transaction: transaction, at: reply.place, message: text.text,
      evidence: evidence ?? reply.said)
  }

  private func appendSentence(to text: inout Sentence) {
    if isBehindHole {
      text += "The server \(reply.isPermanent ? "refused" : "put off") a command: "
      text.append(reply)
      text += " (bytes are missing before the reply, so that what it answers is not sure)."
      return
    }
    appendAction(to: &text)
    text += ": "
    text.append(reply)
    let consequence = reply.isPermanent ? permanent : temporary
    if !consequence.isEmpty {
      text += " ("
      text += consequence
      text += ")"
    }
    text.end()
  }

  private func appendAction(to text: inout Sentence) {
    let verb = reply.isPermanent ? "refused " : "put off "
    switch object {
    case .greeting:
      text +=
        reply.isPermanent
        ? "The server turned the client away with its greeting" : "The server put the client off with its greeting"
    case .deliveries(let first, let count):
      text += reply.isPermanent ? "After the message " : "After the message the server put off "
      Self.append(first, count, to: &text)
      if reply.isPermanent { text += " did not get it" }
    case .farewell:
      text += "The server ended the session"
    case .hello:
      text += "The server "
      text += verb
      text.append(visible: line.span)
    case .sender(let address):
      text += "The server "
      text += verb
      text += isAboutEnvelope ? "the sender " : "the mail from "
      if address.isEmpty { text += "<>" } else { text.append(visible: address.span) }
      text += " at MAIL"
    case .recipients(let first, let count):
      text += "The server "
      text += verb
      if !isAboutEnvelope { text += "the mail to " }
      Self.append(first, count, to: &text)
      text += " at RCPT"
    case .transfer:
      text += "The server \(verb)the mail at \(keyword.uppercased()), before all of it was sent"
    case .message(let bytes, let isWhole):
      text += "The server \(verb)the message"
      if isWhole {
        text += "\(bytes.map { " of \($0) bytes" } ?? "") after it was sent whole"
      } else {
        text += " before its end was sent\(bytes.map { ", after \($0) bytes" } ?? "")"
      }
    case .command:
      text += "The server \(verb)\(keyword)"
    }
  }

  /// What the line that was answered begins with.
  private var keyword: String { visible(line.prefix { $0 != 0x20 }) }

  /// Whether the address that was named is what the server objects to. A block list, a demand for TLS and the like are said
  /// to whichever command comes next.
  private var isAboutEnvelope: Bool {
    switch finding {
    case .blocklisted, .clientRefused, .tooManyConnections, .rateLimited, .serverShuttingDown, .serverStorage,
      .authRequired, .tlsRequired, .tlsClientCertificateMissing, .sizeExceeded, .tooManyErrors:
      false
    case .senderRefused, .senderDeferred, .policyRefused:
      if case .sender = object { true } else { false }
    default:
      true
    }
  }

  private static func append(_ first: [UInt8], _ count: Int, to text: inout Sentence) {
    text.append(visible: first.span)
    if count != 1 { text += " and \(count - 1) more" }
  }

  private var permanent: String {
    switch object {
    case .greeting, .hello:
      "permanent: no mail can be sent there; the sender gets a bounce unless another server takes it"
    case .command: "permanent"
    case .farewell: ""
    default: "permanent: the sender gets a bounce"
    }
  }

  private var temporary: String {
    switch object {
    case .command: "temporary"
    case .farewell: "temporary: what was not accepted is tried again"
    default: "temporary: the sender will try again"
    }
  }

  /// What the reply names as its reason, in brackets behind a sentence's subject: ` (DMARC)`.
  var subject: String { reading.subject.map { " (\($0))" } ?? "" }
}

extension ReplyRecord {
  /// Code and first line, as evidence.
  var said: [UInt8] {
    let first = lines.octets(of: 0)
    var said: [UInt8] = []
    said.reserveCapacity(first.count + 4)
    said.append(String(code).utf8.span)
    said.append(0x20)
    said.append(lines.joined.span.extracting(first))
    return said
  }
}
