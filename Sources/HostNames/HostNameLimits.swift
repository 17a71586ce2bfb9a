/// What may be kept of the names that strangers' answers tell.
public struct HostNameLimits: Equatable, Sendable {
  /// Bytes of each of the six tables, bookkeeping included. Stops a flood of answers to questions that are all
  /// different (a resolver's traffic, water torture, or forged for us) from taking all memory: the oldest make room.
  public var tableBytes = 8 << 20
  /// Addresses of a name, or names of an address. Stops one record set from filling its table: a content network answers
  /// each question with other addresses, and an address may be said to have any number of names.
  public var values = 16
  /// Questions for the name of one address that are remembered with their times; newer ones replace the oldest. Stops a
  /// resolver that asks for ever.
  public var questions = 16
  /// Bytes of one message in a TCP stream; a longer one is skipped. Stops a zone transfer, or a length that is made up,
  /// from being held whole.
  public var streamedMessageBytes = 16_384
  /// TCP connections to name servers that are read at the same time. Stops many of them that each hold a message's begin.
  public var streams = 256

  /// The defaults, fit for a daemon.
  public init() {}
}
