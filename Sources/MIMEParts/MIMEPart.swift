/// A part of a message, decoded.
public struct MIMEPart: Equatable, Sendable {
  /// How the bytes of a part came to be parts of the message.
  public enum Kind: String, Sendable {
    /// An entity of the MIME structure (RFC 2045 section 2.4).
    case entity
    /// A block within the text of a part.
    case uuencode
    case yenc
    /// An attachment within a TNEF part.
    case tnef
  }

  /// Where it stands, as IMAP numbers parts (RFC 3501 section 6.4.5); what is found within a part counts on from there.
  public var path: String
  /// How it came to be a part.
  public var kind = Kind.entity
  /// The file's name, decoded to text.
  public var name: String?
  /// The name as it was sent, where decoding changed it.
  public var rawName: [UInt8]?
  /// The declared media type in small letters, `text/plain` where none is declared.
  public var type: String
  /// What the first bytes look like; nil where nothing is recognised.
  public var sniffedType: String?
  /// The declared character set, cut at a hundred bytes; nil where none is declared.
  public var charset: String?
  /// `attachment`, `inline` or what else was said, in small letters.
  public var disposition: String?
  /// The transfer encoding that was declared, in small letters.
  public var encoding: String?
  /// Bytes behind decoding.
  public var byteCount = 0
  /// Hashes of those bytes in hexadecimal; nil where a bound forbade to hash them.
  public var sha256: String?
  /// The MD5 of the same bytes, under the same condition; other systems' logs know files by it.
  public var md5: String?
  /// Bytes are missing, or the part did not come to its end.
  public var isIncomplete = false
  /// What is wrong with it, each kind once; the bound on a message's problems leaves these alone.
  public var problems: [MIMEProblem.Kind] = []
  /// What the part's output named it.
  public var outputKey: Int?
  /// What the output was handed is UTF-8, converted from the character set; size and hashes are those of the part.
  public var isConverted = false
  /// Where it was written to.
  public var file: String?

  /// Whether it is what people call an attachment: it has a file name, or says that it is one.
  public var isAttachment: Bool { name != nil || disposition == "attachment" }

  /// A part that has a place and a type, and of which no byte has passed.
  public init(path: String, type: String) {
    self.path = path
    self.type = type
  }
}

/// Something that is wrong with the structure or the encoding of a message, or a bound that bit.
public struct MIMEProblem: Equatable, Sendable {
  /// What can be wrong, by the words of the reports.
  public enum Kind: String, Sendable, CaseIterable {
    /// A multipart without the boundary parameter.
    case boundaryMissing = "boundary_missing"
    /// A multipart without any delimiter line.
    case delimiterMissing = "delimiter_missing"
    /// A multipart without its closing delimiter line.
    case neverClosed = "never_closed"
    case nestedTooDeep = "nested_too_deep"
    /// Characters that base64 has not, or a lone one at its end.
    case badBase64 = "bad_base64"
    /// Text behind the padding that ends base64.
    case dataBehindPadding = "data_behind_padding"
    /// An equals sign that is neither followed by two hexadecimal digits nor by the line's end.
    case badQuotedPrintable = "bad_quoted_printable"
    /// A transfer encoding that RFC 2045 section 6.4 or RFC 2046 section 5.2.1 forbids there.
    case encodingNotAllowed = "encoding_not_allowed"
    case encodingUnknown = "encoding_unknown"
    case badUUEncode = "bad_uuencode"
    case badYEnc = "bad_yenc"
    case badTNEF = "bad_tnef"
    // The bounds.
    case tooManyParts = "too_many_parts"
    case headerTooLong = "header_too_long"
    case nameTooLong = "name_too_long"
    case tooManyParameters = "too_many_parameters"
    case notHashed = "not_hashed"
    case attributeTooLong = "attribute_too_long"
    case tooManyURLs = "too_many_urls"

    /// Whether the message is at fault, and not a bound of ours.
    public var isFault: Bool {
      switch self {
      case .boundaryMissing, .delimiterMissing, .neverClosed, .nestedTooDeep, .badBase64, .dataBehindPadding,
        .badQuotedPrintable, .encodingNotAllowed, .encodingUnknown, .badUUEncode, .badYEnc, .badTNEF:
        true
      case .tooManyParts, .headerTooLong, .nameTooLong, .tooManyParameters, .notHashed, .attributeTooLong,
        .tooManyURLs:
        false
      }
    }
  }

  /// What is wrong.
  public var kind: Kind
  /// The part that has it; empty for the message.
  public var path: String
  /// The bytes that show it, where a few do.
  public var evidence: [UInt8]

  /// Made of what is wrong, the path of the part that has it, and the bytes that show it.
  public init(_ kind: Kind, path: String, evidence: [UInt8] = []) {
    self.kind = kind
    self.path = path
    self.evidence = evidence
  }
}

/// What a message's parts were.
public struct MIMEContents: Equatable, Sendable {
  /// The listed parts in the order in which they began: attachments, and all others where an output was given or they are asked for.
  public var parts: [MIMEPart] = []
  /// All leaf parts, listed or not.
  public var leafCount = 0
  /// The addresses (URLs) in its text, each once, in the order in which they were first seen.
  public var urls: [String] = []
  /// What is wrong with the message and its parts, each kind once a part, up to the limit.
  public var problems: [MIMEProblem] = []

  /// Nothing: a message of which no part has begun.
  public init() {}

  /// The listed parts that are attachments, in the same order.
  public var attachments: [MIMEPart] { parts.filter(\.isAttachment) }
}

/// Takes parts as their decoded bytes pass, at the edge: files, an archive.
///
/// Asked once a run of bytes. Several parts may be open at once: a message within a message and the parts in it.
public protocol MIMEPartOutput: AnyObject {
  /// A part begins; the number given back names it.
  func beginPart() -> Int
  func append(_ bytes: Span<UInt8>, toPart key: Int)
  /// The last byte has passed. What the part was called is said by the contents, when the message is over.
  func endPart(_ key: Int)
}
