/// The bounds of what is remembered across sessions. The defaults fit a daemon that runs for months; where a bound is
/// reached, what was remembered first is forgotten first.
///
/// Durations are nanoseconds of packet time.
public struct MemoryLimits: Sendable {
  /// Messages that were taken, by Message-ID or hash: every mail of a busy server is one, and there is no last one.
  public var messages = 65_536
  /// Recipients that are remembered of each of them, and compared of each mail: a newsletter has thousands.
  public var recipients = 100
  /// How long a message may be back: queues give up after five days (RFC 5321 section 4.5.4.1).
  public var messageSpan: Int64 = 5 * 86_400 * 1_000_000_000
  /// Pairs of sender and recipient that wait to be tried again: a sender may make up addresses without end.
  public var putOff = 32_768
  /// Sessions and networks that are remembered of each pair: a client may try for ever, or from a pool of addresses.
  public var attempts = 16
  /// Servers whose offer of STARTTLS is remembered: a client chooses what it connects to, a scan visits every address.
  public var offers = 16_384
  /// Sessions in a row that are told of a server that no longer offers STARTTLS; then it is taken for its setting.
  public var missingOffers = 8
  /// Pairs of client and server whose STARTTLS failed just now: a scanner breaks off everywhere.
  public var failedTLS = 8192
  /// How soon after a failed STARTTLS mail in clear is its consequence.
  public var fallbackSpan: Int64 = 600 * 1_000_000_000
  /// Pairs of client and server with visits that may be health checks: a port scan is a visit from anywhere.
  public var visitors = 16_384
  /// How long a client stays at most without a greeting and a word to be one that never meant to wait for it.
  public var visit: Int64 = 1_000_000_000
  /// The shortest and longest time between health checks: what comes faster is a flood, what comes slower no period.
  public var visitPeriods: ClosedRange<Int64> = 200_000_000...3_600_000_000_000
  /// Hosts whose callouts are remembered, and how many of each: a callout costs whoever provokes it one command.
  public var callingHosts = 1024
  /// Callouts that are remembered of each such host; newer ones replace the oldest.
  public var callouts = 16
  /// Connections that began and have not been told of their end, in all: the table of connections has its own bound.
  public var openConnections = 524_288
  /// Connection attempts by IPv6 that came to nothing, and IPv4 connections that may be what followed: a flood of SYNs
  /// from forged addresses, every connection of a busy server.
  public var paths = 256
  /// How soon after the first SYN by IPv6 an IPv4 connection is what the client did instead: systems give up a SYN within
  /// about two minutes.
  public var pathSpan: Int64 = 180 * 1_000_000_000
  /// IPv6 addresses that are remembered with the names that their hosts gave themselves.
  public var pathNames = 4096
  /// What is told at the end of a run of mails that never passed.
  public var notes = 10

  /// The defaults, fit for a daemon.
  public init() {}
}
