public import Wire

/// What there is to say of one input, for the summary: complete once the reader has come to its end.
public struct CaptureInfo: Sendable {
  /// As named on the command line; `archive.zip:member` inside an archive.
  public var file: String
  /// Packets met in the file, those that the filter dropped among them.
  public var packets = 0
  /// The captured bytes of those packets, without the file's own headers.
  public var capturedBytes = 0
  /// The bytes of the capture that were read, after decompression.
  public var fileBytes = 0
  /// The types of the interfaces met, each once, in the order of the file.
  public var linkTypes: [LinkType] = []
  /// How many decimals of a second its times have: 6 or 9 in classic files, the most that any interface has in pcapng.
  public var timestampDecimals = 6
  /// Whether it ends before its own lengths say so.
  public var isTruncated = false
  /// Why it could not be read to its end; nil when it was.
  public var error: CaptureError?
  /// The decryption secrets that a pcapng file brought along, within the limits; empty for other kinds of files.
  public var secrets = DecryptionSecrets()

  /// What there is to say of an input before anything of it is read.
  public init(file: String) {
    self.file = file
  }
}

/// Something about the inputs that is no error and yet worth a line.
public enum CaptureNotice: Hashable, Sendable {
  /// A member of an archive that is not a capture.
  case skippedMember(archive: String, member: String)
  /// An archive's further members were not looked at, for the limit's sake.
  case tooManyMembers(archive: String)
  /// The limit's further notices were dropped.
  case andMore(Int)
  /// The filter means nothing on this link type, so that none of its packets passed; libpcap's words.
  case filterUnknownOnLink(LinkType, String)
}

extension CaptureNotice: CustomStringConvertible {
  /// One line, fit for a terminal.
  public var description: String {
    switch self {
    case .skippedMember(let archive, let member):
      "\(String(visible: archive)): \(String(visible: member)) is not a capture and was skipped."
    case .tooManyMembers(let archive):
      "\(String(visible: archive)): has more members than are looked at."
    case .andMore(let count):
      "\(count) more such lines were left out."
    case .filterUnknownOnLink(let linkType, let words):
      "the filter means nothing on \(linkType.name) (\(String(visible: words))): none of its packets passed."
    }
  }
}
