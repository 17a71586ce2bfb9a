internal import MailMessages
internal import Wire

/// The names that a part's fields give it; the best becomes its name.
///
/// Content-Disposition's `filename` goes before Content-Type's `name`. Of each RFC 2231's form goes before the plain one,
/// which is there for old readers (as RFC 6266 section 4.3 says of HTTP).
struct PartNames {
  private let limits: MIMELimits
  private var best: Candidate?
  private(set) var isCut = false

  private enum Candidate {
    case plain([UInt8])
    case extended(ExtendedParameter)
  }

  init(limits: MIMELimits) {
    self.limits = limits
  }

  /// Takes the name of one field, which goes before those taken so far.
  mutating func add(_ parameters: HeaderParameters, _ name: StaticString) {
    if let extended = ExtendedParameter(name, in: parameters.parameters), !extended.bytes.isEmpty {
      best = .extended(extended)
    } else if let plain = parameters.text(name), !plain.isEmpty {
      best = .plain(plain)
    }
  }

  /// The name as text, and as it was sent where that is something else.
  mutating func name(charset: String?) -> (String?, [UInt8]?) {
    var decoder = HeaderTextDecoder()
    let text: String
    let raw: [UInt8]
    switch best {
    case nil: return (nil, nil)
    case .plain(let bytes):
      raw = bytes
      text = decoder.text(of: bytes.span.extracting(first: limits.nameBytes), fallback: charset)
    case .extended(let parameter):
      raw = parameter.raw
      let bytes = parameter.bytes.span.extracting(first: limits.nameBytes)
      text =
        if let charset = parameter.charset, !charset.isEmpty {
          decoder.converted(bytes, from: charset)
        } else {
          decoder.text(of: bytes, fallback: charset)
        }
    }
    isCut = raw.count > limits.nameBytes
    let name = text.isEmpty ? nil : text
    return (name, raw.elementsEqual(text.utf8) ? nil : Array(raw.prefix(limits.nameBytes)))
  }
}
