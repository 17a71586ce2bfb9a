import MailMessages
package import SMTPAnalysis
import Wire

extension Transaction {
  /// What held the message up most on its way here, by its header, in a line; nil where nothing did for long.
  ///
  /// Mail passes a hop in seconds, and is tried for days. What took less than five minutes is not worth a line; what took more
  /// than a week is no delay but an old message that was sent anew, or a clock that is wrong.
  package func wayWords(_ style: TextStyle) -> String? {
    guard let trace = message?.trace else { return nil }
    var longest: (delay: Int64, what: String)?
    func consider(_ delay: Int64?, _ what: () -> String) {
      guard let delay, Self.notableDelays ~= delay, delay > longest?.delay ?? 0 else { return }
      longest = (delay, what())
    }
    consider(trace.transit(until: start)) {
      "at \(Self.name(trace.hops.first?.by, style)) before it was sent on here"
    }
    for index in trace.hops.indices {
      consider(trace.delay(of: index)) {
        "from \(Self.name(trace.hops[index + 1].by, style)) to \(Self.name(trace.hops[index].by, style))"
      }
    }
    guard let longest else { return nil }
    return "its header says: \(Quantity.duration(longest.delay)) \(longest.what)"
  }

  private static let notableDelays: ClosedRange<Int64> = 300_000_000_000...604_800_000_000_000

  private static func name(_ name: [UInt8]?, _ style: TextStyle) -> String {
    name.map { style.visible($0) } ?? "a host without a name"
  }
}
