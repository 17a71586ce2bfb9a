public import Wire

/// The way of a message as its header section tells it, and the program that it says it was made with.
public struct MessageTrace: Sendable {
  /// The newest first, as they stand in the header.
  public private(set) var hops: [Hop] = []
  /// Received fields behind these.
  public private(set) var furtherHops: Int
  /// The program that made the message; nil where nothing names one.
  public private(set) var software: Software?

  /// A program by its own word.
  public struct Software: Equatable, Sendable {
    /// What it calls itself, mostly with its version; at most 255 octets.
    public var name: [UInt8]
    /// Which part of the header section names it.
    public var source: Source
  }

  /// Where it says so.
  public enum Source: String, Sendable {
    case userAgent = "user_agent"
    case mailer = "x_mailer"
    case messageID = "message_id"
    /// The oldest Received field: a program on the same host handed the message in.
    case received
  }

  /// Octets kept of a program's name.
  private static let longestName = 255

  /// What the summary of a header section kept for it.
  public init(_ header: borrowing HeaderSummary) {
    furtherHops = header.trace.furtherHops
    let bytes = header.trace.bytes.span
    var start = 0
    while start < bytes.count {
      let end = bytes.firstIndex(of: 0x0a, from: start) ?? bytes.count
      let body = bytes.extracting(start + 1..<max(start + 1, end))
      switch TraceFields.Kind(rawValue: bytes[start]) {
      case .received: hops.append(Hop(parsing: body))
      case .userAgent: take(body, .userAgent)
      case .mailer: take(body, .mailer)
      case nil: break
      }
      start = end + 1
    }
    if software == nil, let name = header.messageID.flatMap({ Self.program(ofMessageID: $0.utf8.span) }) {
      software = Software(name: Array(name.utf8), source: .messageID)
    }
    if software == nil, furtherHops == 0, let name = hops.last?.localProgram {
      software = Software(name: name, source: .received)
    }
  }

  private mutating func take(_ body: Span<UInt8>, _ source: Source) {
    let name = body.extracting(rangeWithoutBlanks(around: body)).extracting(first: Self.longestName)
    guard name.count > 0 else { return }
    software = Software(name: Array(name), source: source)
  }

  /// Programs that sign their identifiers.
  private static func program(ofMessageID id: Span<UInt8>) -> String? {
    if id.hasBytes("<alpine.") { return "Alpine" }
    if id.hasBytes("<Pine.") { return "Pine" }
    return id.holds(".JavaMail.") ? "JavaMail" : nil
  }

  /// Nanoseconds from the hop below this one (the one before it in time) to it; negative where their clocks differ. nil where
  /// one of them has no date.
  public func delay(of index: Int) -> Int64? {
    guard hops.indices.contains(index), hops.indices.contains(index + 1), let date = hops[index].date,
      let before = hops[index + 1].date
    else { return nil }
    return date.nanoseconds(since: before)
  }

  /// Nanoseconds from the newest hop to `time`, when the message passed here.
  public func transit(until time: CaptureTime) -> Int64? {
    hops.first?.date.map { time.nanoseconds(since: $0) }
  }
}
