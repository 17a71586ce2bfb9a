internal import Wire

// LMTP's replies that came as one.

extension Dialogue {
  /// RFC 2033 section 4.2: behind the data each recipient has a reply of its own. Where a server joins them with hyphens, the
  /// lines have different codes, which no reply has (RFC 5321 section 4.2.1), and there is one for each that waits.
  func joined(in reply: Reply) -> [Reply]? {
    let codes = replies.codes
    guard replies.keepsCodes, reply.isComplete, codes.count == acceptedRecipients, reply.lines.count == codes.count
    else { return nil }
    switch pending.front {
    case .endOfData?, .chunk(isLast: true)?: break
    default: return nil
    }
    return zip(codes, reply.lines.indices).map { code, index in
      let line = reply.lines.joined.span.extracting(reply.lines.octets(of: index))
      var single = Reply(code: code, lines: TextLines(line: line), begin: reply.begin, end: reply.end)
      single.oddities = reply.oddities
      return single
    }
  }
}
