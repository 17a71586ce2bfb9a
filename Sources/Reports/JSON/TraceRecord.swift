import MailMessages
import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends what a message's header tells of its way and of the program that made it; nothing where it tells nothing.
  ///
  /// - Parameter time: When the message passed here.
  mutating func appendTrace(of message: Message, passing time: CaptureTime) {
    let trace = message.trace
    if !trace.hops.isEmpty {
      key("received")
      append(byte: UInt8(ascii: "["))
      for index in trace.hops.indices {
        if index > 0 { append(byte: UInt8(ascii: ",")) }
        appendHop(trace.hops[index], delay: trace.delay(of: index))
      }
      append(byte: UInt8(ascii: "]"))
      if trace.furtherHops > 0 { field("further_received", trace.furtherHops) }
      field("transit_ms", milliseconds: trace.transit(until: time))
    }
    guard let software = trace.software else { return }
    field("software", text: software.name)
    field("software_from", word: software.source.rawValue)
  }

  private mutating func appendHop(_ hop: Hop, delay: Int64?) {
    append(literal: "{\"date\":")
    if let date = hop.date {
      append(byte: UInt8(ascii: "\""))
      append(date, decimals: date.nanoseconds % 1_000_000_000 == 0 ? 0 : 3)
      append(byte: UInt8(ascii: "\""))
    } else {
      append(literal: "null")
    }
    field("delay_ms", milliseconds: delay)
    field("from", text: hop.from)
    field("from_ip", text: hop.address?.text)
    field("by", text: hop.by)
    field("with", text: hop.with)
    field("id", text: hop.id)
    field("for", text: hop.recipient)
    append(literal: "}")
  }
}
