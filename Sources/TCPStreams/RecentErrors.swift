internal import PacketDecoding

/// The last few ICMP errors about one side, to tell an error that was captured twice from one that came twice.
///
/// A retransmission that meets the same fate is quoted with an identification of its own, or comes no sooner than a round-trip
/// time: see ``RecentFrames``.
struct RecentErrors: Equatable {
  private struct Entry: Equatable {
    var error: ICMPError
    var time: Int64
  }

  private var last: [Entry] = []
  private var place = 0

  /// A burst of segments is answered one by one, and the copies may come behind all of these.
  private static let limit = 16

  /// Whether the error was there a moment ago. Remembers it.
  mutating func hasSeen(_ error: ICMPError, now: Int64, _ limits: StreamLimits) -> Bool {
    let span = error.identification == nil ? limits.unidentifiedDuplicateSpan : limits.duplicateSpan
    if last.contains(where: { $0.error == error && now &- $0.time <= span }) { return true }
    let entry = Entry(error: error, time: now)
    if last.count < Self.limit {
      last.append(entry)
    } else {
      last[place] = entry
      place = (place + 1) % Self.limit
    }
    return false
  }
}
