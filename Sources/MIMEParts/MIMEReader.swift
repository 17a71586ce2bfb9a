// MIMEParts: the parts of a message, decoded as its bytes pass.
//
// Why not a library. GMime 3.2 is the best kept one and was measured (26 November 2026, GMime 3.2.13, x86-64):
//
//   a 200 MB message, one part in base64         from a file 0.17 s + 0.35 s, 5 MB; from a pipe 0.39 s + 0.24 s, 195 MB
//   a million parts in 10 MB                     5.5 s + 2.6 s, 1,344 MB
//   900 levels around 2 million lines `--x`      6.0 s of processor time for 10 MB: each line against each boundary
//   10,000 levels                                no part at all is given
//   memory that cannot be had                    SIGTRAP: GLib's allocator ends the process
//
// It pulls from a stream: what passes once, many messages at a time, would have to be kept whole, in memory or in files,
// before it could be read. Here bytes are pushed, as they come, in a core that does no I/O; the senders are hostile, and
// the process may be a daemon that watches all of a site's mail. So the structure is walked here, in memory-safe code with
// bounds (`MIMELimits`). Hashes are swift-crypto's, character sets iconv's. GMime and Python's email package are what the
// tests hold it against.

internal import Wire

/// Reads one message's parts (RFC 2045 to 2049) as its bytes pass, in any pieces.
///
/// Feed `receive` with the message's bytes in order, `skip` where some are missing, `finish` at its end. What is held in
/// memory does not grow with the message; the work is linear in it; ``MIMELimits`` bounds the rest.
public final class MIMEReader {
  private let context: MIMEContext
  private let stream: EntityStream

  /// - Parameter listsAll: Lists parts that are no attachments too, where no output is given.
  public init(limits: MIMELimits = MIMELimits(), listsAll: Bool = false, output: (any MIMEPartOutput)? = nil) {
    context = MIMEContext(limits: limits, listsAll: listsAll, output: output)
    stream = EntityStream(in: context, depth: 0, path: "")
  }

  /// Takes the next bytes of the message: its header section, then its body, in pieces of any size.
  public func receive(_ bytes: Span<UInt8>) {
    stream.receive(bytes)
  }

  /// Bytes of the message are missing here.
  public func skip() {
    stream.skip()
  }

  /// The message is over. `isWhole` says whether its end was seen.
  public func finish(isWhole: Bool) -> MIMEContents {
    stream.end(isWhole: isWhole)
    return context.contents
  }
}
