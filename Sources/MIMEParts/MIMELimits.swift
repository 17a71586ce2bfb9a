/// The bounds of reading a message's parts, each against an attack by whoever wrote the message.
public struct MIMELimits: Equatable, Sendable {
  /// How deep parts are followed into parts; what lies deeper is one part without inner ones. Readers that recurse were
  /// brought down by ten thousand levels, and real mail has a handful.
  public var depth = 50
  /// Parts of one message that are listed; further ones are counted. A part takes ten bytes of a message, its record
  /// several hundred.
  public var listedParts = 1000
  /// Bytes kept of one part's header section, against a header without end; as many as of the message's own.
  public var headerBytes = 1 << 20
  /// Bytes of a boundary (RFC 2046 section 5.1.1 allows 70); a line that may be a delimiter waits for its end within it.
  public var boundaryBytes = 1024
  /// Bytes kept of a name. Real ones have up to a few hundred; one of 8192 is a known attempt at overflowing readers.
  public var nameBytes = 1 << 14
  /// Parameters of one field that are looked at (RFC 2231 section 3 lets a name come in any number of pieces), and what
  /// else stands between semicolons.
  public var parameters = 500
  /// Messages within messages of which the raw bytes are hashed at the same time: each hashes all that it holds, so that
  /// levels would multiply the work.
  public var hashedContainers = 4
  /// Blocks of uuencode or yEnc within the text of one part that are opened.
  public var inlineBlocks = 200
  /// Attachments of one TNEF part that are opened.
  public var tnefAttachments = 200
  /// Bytes of one TNEF attribute that is kept to read names in it. An attachment's own bytes are not kept.
  public var tnefAttributeBytes = 1 << 20
  /// Addresses found in a message's text that are kept, and bytes of each.
  public var urls = 500
  /// Bytes kept of one such address; the rest of a longer one is dropped.
  public var urlBytes = 2048
  /// Problems of one message that are kept.
  public var problems = 50

  /// The defaults, fit for a daemon.
  public init() {}
}
