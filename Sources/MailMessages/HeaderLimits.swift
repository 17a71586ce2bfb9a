/// The bounds of reading a header section, each against an attack by whoever wrote the message.
public struct HeaderLimits: Equatable, Sendable {
  /// Bytes of the header section that are read; against a header without end. Real ones with one field of 400 KB exist.
  public var bytes = 1 << 20
  /// Character sets converted by the C library in one header section; against encoded words that name another one each
  /// and so load a converter each. Words in further ones keep their ASCII.
  public var characterSets = 8
  /// Byte sequences that a declared character set cannot hold before a run of encoded words keeps only its ASCII; against
  /// text made to fail at every byte, each failure costing a call.
  public var undecodableSequences = 1000

  /// Received fields that are kept: servers take a hundred for a loop (RFC 5321 section 6.3). Against thousands of them.
  public var hops = 100
  /// Bytes kept of one such field, and of all of them together: real ones have a few hundred each. Against a megabyte of them
  /// in each of a session's messages. With `traceBytes` zero none is kept.
  public var traceFieldBytes = 4096
  /// The bytes of all of them together.
  public var traceBytes = 1 << 16

  /// Bytes kept of the fields that name further people and messages, all together; with zero none is kept.
  public var furtherBytes = 1 << 16

  /// The defaults, fit for a daemon.
  public init() {}
}
