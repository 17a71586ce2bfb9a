public import Wire

/// A message that ``HostNames`` may learn from, and where it stands in the capture.
///
/// Reading it and learning from it are two steps: messages may be read wherever they are found, and have to be learned in
/// the order of the capture.
public struct SeenMessage: Sendable {
  var message: NameMessage
  /// RFC 1035 section 4.1.1: a response has that of its query.
  var id: UInt16
  var source: IPAddress
  var destination: IPAddress
  /// Nothing of it is missing that could change what it says.
  var isWhole: Bool
  var frame: Int
  /// When the frame was captured that ended the message.
  public private(set) var time: CaptureTime

  /// nil for what says nothing of hosts or is none: queries other than for an address's name, and responses from another
  /// port than a name server's.
  ///
  /// - Parameter isCut: Whether the capture holds only the beginning of it.
  public init?(
    _ bytes: Span<UInt8>, from source: Endpoint, to destination: Endpoint, isCut: Bool, time: CaptureTime, frame: Int
  ) {
    guard let message = NameMessage(bytes) else { return nil }
    if message.isResponse {
      guard source.port == 53 else { return nil }
    } else {
      guard destination.port == 53, message.addressAskedFor != nil else { return nil }
    }
    self.message = message
    id = bytes.bigEndianUInt16(at: 0)
    self.source = source.address
    self.destination = destination.address
    isWhole = message.isWhole && !isCut
    self.frame = frame
    self.time = time
  }
}

extension NameMessage {
  /// The address whose name is asked for.
  var addressAskedFor: IPAddress? {
    question.type == .pointer ? question.name?.reversedAddress : nil
  }
}
