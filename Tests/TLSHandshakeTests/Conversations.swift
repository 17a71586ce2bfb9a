import TLSHandshake
import Wire

/// A conversation of these bytes, each step cut into pieces of at most `piece` octets, a frame a piece.
func conversation(_ steps: [(Peer, [UInt8])], piece: Int = .max) -> TLSConversation {
  var conversation = TLSConversation()
  var frame = 0
  for (peer, bytes) in steps {
    var rest = bytes[...]
    while !rest.isEmpty {
      frame += 1
      let cut = Array(rest.prefix(piece))
      rest = rest.dropFirst(cut.count)
      conversation.receive(
        cut.span, from: peer, at: .init(frame: frame, time: CaptureTime(nanoseconds: Int64(frame))))
    }
  }
  return conversation
}
