/// The bounds of what statistics keep. Whoever sends mail chooses the names that it is counted by.
package struct StatisticsLimits: Sendable {
  /// Names of one table that are told apart at least; up to twice as many are held before the rarest go. A flood of made-up
  /// domains would fill the memory otherwise.
  package var names = 2000
  /// Bytes of a name that tell it apart: RFC 5321 section 4.5.3.1 grants a path 256, a line may have more.
  package var nameBytes = 320
  /// Bytes of a reply that tell a refusal from others, for the same reason, and that are kept as its example.
  package var refusalBytes = 512
  /// Hours and days that are told apart: a capture may claim any times.
  package var hours = 20_000

  package init() {}
}
