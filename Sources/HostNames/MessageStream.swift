import Wire

/// A name server's side of a TCP connection: messages, each behind its length in two octets (RFC 1035 section 4.2.2).
///
/// A message that lies whole in one run of bytes is read where it lies; only one that was cut is kept.
public struct MessageStream: Sendable {
  private var held: [UInt8] = []
  /// Bytes still to come of a message that is not read.
  private var skipped = 0
  private let mostBytes: Int

  /// The beginning of a stream; of the limits, that of a message's bytes counts.
  public init(limits: HostNameLimits = HostNameLimits()) {
    mostBytes = limits.streamedMessageBytes
  }

  /// Takes the next bytes, and hands each message that is whole to `take`.
  public mutating func receive(_ bytes: Span<UInt8>, _ take: (Span<UInt8>) -> Void) {
    var offset = 0
    while offset < bytes.count {
      if skipped > 0 {
        let step = min(skipped, bytes.count - offset)
        skipped -= step
        offset += step
      } else if held.isEmpty, bytes.count - offset >= 2 {
        let length = Int(bytes.bigEndianUInt16(at: offset))
        let end = offset + 2 + length
        if end <= bytes.count {
          take(bytes.extracting((offset + 2)..<end))
          offset = end
        } else if length > mostBytes {
          skipped = length
          offset += 2
        } else {
          held.append(bytes.extracting(offset..<bytes.count))
          return
        }
      } else {
        offset = hold(bytes, from: offset, take)
      }
    }
  }

  /// Adds to the message that was begun; gives where the bytes go on.
  private mutating func hold(_ bytes: Span<UInt8>, from start: Int, _ take: (Span<UInt8>) -> Void) -> Int {
    var offset = start
    while held.count < 2, offset < bytes.count {
      held.append(bytes[offset])
      offset += 1
    }
    guard held.count >= 2 else { return offset }
    let length = Int(held[0]) << 8 | Int(held[1])
    guard length <= mostBytes else {
      held = []
      skipped = length
      return offset
    }
    let step = min(length + 2 - held.count, bytes.count - offset)
    held.append(bytes.extracting(offset..<offset + step))
    if held.count == length + 2 {
      let whole = held
      held = []
      take(whole.span.extracting(2..<whole.count))
    }
    return offset + step
  }
}
