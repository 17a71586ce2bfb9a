package import FuzzSupport
internal import MailMessages
internal import Wire

/// A header section: the input as it is.
package enum HeadersTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let header = HeaderSummary(parsing: input)
    let trace = MessageTrace(header)
    for hop in trace.hops.indices { _ = trace.delay(of: hop) }
    _ = trace.transit(until: CaptureTime(nanoseconds: 1_700_000_000_000_000_000))
    let limit = input.count * 4 + 64
    for text in [header.subject, header.from, header.to, header.messageID] {
      try demand((text?.utf8.count ?? 0) <= limit, "a field that grew beyond measure")
    }
  }
}
