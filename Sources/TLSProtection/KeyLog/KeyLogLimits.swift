/// What may be kept of key logs.
public struct KeyLogLimits: Equatable, Sendable {
  /// Secrets that are kept, of all sources together; a hundred bytes of memory each. The sessions that were logged first make
  /// room. Stops a log that grows for weeks, or one that a capture brings along, from taking all memory.
  public var secrets = 1_000_000
  /// Octets of one line; a longer one is malformed. The longest that means something has 212. Stops a file without line ends.
  public var lineBytes = 1024
  /// Malformed lines whose numbers are remembered, to be told. Stops a file of nothing else.
  public var malformedLineNumbers = 10

  /// The defaults, fit for a daemon.
  public init() {}
}
