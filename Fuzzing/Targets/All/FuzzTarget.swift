// FuzzTargets: what the fuzzer feeds, a place where strangers' bytes come in each; replayed by the tests. In `make fuzz` each
// is a program of its own (`Fuzzing/Programs`): libFuzzer looks at every counter of its program after each execution.

private import FuzzCaptures
private import FuzzDKIM
private import FuzzDialogue
private import FuzzEscaping
private import FuzzFrames
private import FuzzHeaders
private import FuzzKeyLogs
private import FuzzMIME
private import FuzzOutputs
private import FuzzPcapNG
private import FuzzStreams
package import FuzzSupport
private import FuzzTLS

/// A part of the program that takes bytes of strangers, and what must hold whatever they are.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// A whole capture file, to the end of its reports.
  case captures
  /// Frames: links, tunnels, IP, fragments.
  case frames
  /// TCP segments, against a model that is too simple to be wrong.
  case streams
  /// What client and server said, cut in two ways.
  case dialogue
  /// A message's header section.
  case headers
  /// A message's parts, cut in two ways.
  case mime
  /// A message's DKIM signatures.
  case dkim
  /// TLS records and handshakes, with a key log or without.
  case tls
  /// Key logs and private keys.
  case keylogs
  /// The blocks of a pcapng.
  case pcapng
  /// Hostile text, escaped for JSON and for terminals.
  case escaping
  /// Hostile text in every report.
  case outputs

  /// Feeds it, with every report where the fuzzer makes one; throws where something does not hold that must.
  package func receive(_ input: Span<UInt8>) throws(Broken) {
    switch self {
    case .captures: try CapturesTarget.receiveInAll(input)
    case .frames: try FramesTarget.receive(input)
    case .streams: try StreamsTarget.receive(input)
    case .dialogue: try DialogueTarget.receive(input)
    case .headers: try HeadersTarget.receive(input)
    case .mime: try MIMETarget.receive(input)
    case .dkim: try DKIMTarget.receive(input)
    case .tls: try TLSTarget.receive(input)
    case .keylogs: try KeyLogsTarget.receive(input)
    case .pcapng: try PcapNGTarget.receive(input)
    case .escaping: try EscapingTarget.receive(input)
    case .outputs: try OutputsTarget.receiveInAll(input)
    }
  }
}
