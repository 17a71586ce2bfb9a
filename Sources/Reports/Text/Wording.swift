package import SMTPAnalysis
import TCPStreams
import Wire

extension Verdict {
  /// Whether something is to be told first: a failure, or what hides behind a success (a second mail that was smuggled in).
  package var needsAttention: Bool { outcome.isFailure || outcome == .delivered && cause != nil }

  /// Where it stands among others when the worst comes first: what needs attention before what does not.
  var rank: Int {
    let place = Outcome.listed.firstIndex(of: outcome) ?? Outcome.listed.count
    return needsAttention ? place : place + Outcome.listed.count
  }
}

extension Verdict.Outcome {
  package var mark: Mark {
    switch self {
    case .delivered: .good
    case .partial: .partial
    case .deferred: .caution
    case .refused, .failed: .bad
    case .nothingSent, .unknown: .unclear
    }
  }

  /// Whether somebody did not get a mail, or could not even try.
  package var isFailure: Bool {
    switch self {
    case .partial, .refused, .deferred, .failed: true
    case .delivered, .nothingSent, .unknown: false
    }
  }

  package var words: String {
    switch self {
    case .delivered: "delivered"
    case .partial: "partly delivered"
    case .refused: "refused"
    case .deferred: "deferred"
    case .failed: "failed"
    case .nothingSent: "nothing sent"
    case .unknown: "not known"
    }
  }

  /// In the order in which they are listed: what needs a look first.
  package static let listed: [Verdict.Outcome] = [
    .failed, .refused, .partial, .deferred, .unknown, .nothingSent, .delivered,
  ]
}

extension Session.Purpose {
  /// What is worth a word; nil for what sessions usually are for.
  package var words: String? {
    switch self {
    case .mail: nil
    case .healthCheck: "health check"
    case .callout: "callout"
    }
  }
}

extension Hindsight.Kind {
  /// What became of it, said before what had gone wrong; nil where nothing had.
  package var words: String? {
    switch self {
    case .deliveredAfterGreylisting: "put off by greylisting, and delivered"
    case .deliveredAfterDeferral: "put off, and delivered"
    case .deliveredAfterLoss: "lost, and delivered"
    case .deliveredAgain: "sent again, and taken"
    case .deliveredByIPv4: "not reached by IPv6, and delivered by IPv4"
    case .healthCheck: nil
    }
  }
}

extension Transaction.Outcome {
  package var mark: Mark {
    switch self {
    case .accepted: .good
    case .partiallyAccepted: .partial
    case .refused, .lost: .bad
    case .deferred, .aborted: .caution
    case .unknown: .unclear
    }
  }

  package var words: String {
    switch self {
    case .accepted: "accepted"
    case .partiallyAccepted: "partly accepted"
    case .refused: "refused"
    case .deferred: "deferred"
    case .aborted: "given up by the client"
    case .lost: "lost"
    case .unknown: "not known"
    }
  }
}

extension Recipient.Outcome {
  package var mark: Mark {
    switch self {
    case .accepted: .good
    case .refused: .bad
    case .deferred: .caution
    case .unanswered: .unclear
    }
  }

  package var words: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .deferred: "deferred"
    case .unanswered: "unanswered"
    }
  }
}

extension Transaction {
  /// What came behind a reply that does not refuse, of a recipient that is not known to have the mail; nil where the reply
  /// says all there is.
  ///
  /// - Parameter isStillOpen: Whether the connection was when the capture ended.
  package func wordsOfWhatFollowed(_ recipient: Recipient, isStillOpen: Bool) -> String? {
    guard let reply = recipient.dataReply ?? recipient.reply, recipient.outcome != .accepted, !reply.refuses else {
      return nil
    }
    return switch (recipient.outcome, outcome) {
    case (.refused, _): "then the data was refused"
    case (.deferred, _): "then the data was deferred"
    case (_, .accepted): "then the mail was accepted"
    case (_, .aborted): "then the client gave up"
    case (_, .lost) where isStillOpen: "then nothing came through until the capture ended"
    case (_, .lost): "then the connection was lost"
    default: "what came after is not known"
    }
  }
}

extension ReplyRecord {
  /// Whether it refuses, for now or for good (RFC 5321 section 4.2.1).
  package var refuses: Bool { code >= 400 }

  package var mark: Mark {
    switch code {
    case 200..<400: .good
    case 400..<500: .caution
    case 500...: .bad
    default: .unclear
    }
  }

  /// The code and the text of all lines in one; an enhanced code that each line repeats is said once. What has no code is no
  /// reply, and may be anything: its beginning is told.
  package func words(_ style: TextStyle) -> String {
    var words = code > 0 ? [String(code)] : []
    for (index, line) in lines.enumerated() {
      var line = style.visible(line)
      if index > 0, let enhanced, line.hasPrefix("\(enhanced) ") { line.removeFirst(enhanced.count + 1) }
      if !line.isEmpty { words.append(line) }
    }
    let text = words.joined(separator: " ")
    return code > 0 ? text : VisibleText.truncated(text, columns: 72, ellipsis: style.ellipsis)
  }
}

extension Session {
  /// The client's name by name servers' answers in the capture.
  package func clientName(_ style: TextStyle) -> String? {
    names?.client.names.first.map { VisibleText.truncated($0, columns: 64, ellipsis: style.ellipsis) }
  }

  /// The server's name by name servers' answers in the capture; without them the one that it gives itself: the first word
  /// of its greeting (RFC 5321 section 4.2), behind the enhanced status code that a refusal may begin with (RFC 2034).
  package func serverName(_ style: TextStyle) -> String? {
    if let name = names?.server.names.first {
      return VisibleText.truncated(name, columns: 64, ellipsis: style.ellipsis)
    }
    guard let reply = greeting?.reply, reply.code > 0, let line = reply.lines.first else { return nil }
    let words = line.split(separator: UInt8(ascii: " ")).dropFirst(reply.enhanced == nil ? 0 : 1)
    guard let word = words.first, word.contains(UInt8(ascii: ".")) else { return nil }
    return VisibleText.truncated(style.visible(Array(word)), columns: 64, ellipsis: style.ellipsis)
  }

  /// `ESMTP, no TLS`.
  package var protocolWords: String {
    let dialect =
      switch kind {
      case .lmtp: "LMTP"
      case .smtp: helo?.verb == "HELO" ? "SMTP" : "ESMTP"
      case .unknown: "protocol not known"
      }
    guard let tls else { return dialect + ", no TLS" }
    switch tls.outcome {
    case .established: return dialect + (tls.method == .implicit ? " over TLS" : ", STARTTLS")
    case .refused: return dialect + ", STARTTLS refused"
    case .failed: return dialect + ", TLS failed"
    case .unknown: return dialect + (tls.method == .implicit ? " over TLS" : ", STARTTLS asked for")
    }
  }

  package var mark: Mark { purpose == .mail ? verdict.outcome.mark : .remark }

  /// What became of it, in the fewest words.
  package var outcomeWords: String { purpose.words ?? verdict.outcome.words }

  package var duration: Int64 {
    connection.lastFrame.time.nanoseconds(since: connection.firstFrame.time)
  }
}
