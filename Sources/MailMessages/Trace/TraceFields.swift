import Wire

/// The fields of a header section that tell of a message's way and of the program that made it, as they were sent: they are
/// read when somebody asks (``MessageTrace``), which for most messages nobody does.
public struct TraceFields: Equatable, Sendable {
  /// A field each: the letter of its kind, its body with its lines joined, LF.
  private(set) var bytes: [UInt8] = []
  /// Received fields that are not kept.
  private(set) var furtherHops = 0
  private var hops = 0
  private var hasSoftware = false
  /// Where the field starts that folded lines belong to.
  private var open: Int?

  /// Without any field.
  public init() {}

  /// Whether no field is kept: none was there, or `HeaderLimits.traceBytes` is zero.
  public var isEmpty: Bool { bytes.isEmpty }

  enum Kind: UInt8 {
    case received = 0x52  // R
    case userAgent = 0x55  // U
    case mailer = 0x58  // X

    init?(named name: Span<UInt8>) {
      // Of the fields of this length there are few.
      switch name.count {
      case 8:
        if name.hasBytesIgnoringCase("received") {
          self = .received
        } else if name.hasBytesIgnoringCase("x-mailer") {
          self = .mailer
        } else {
          return nil
        }
      case 10 where name.hasBytesIgnoringCase("user-agent"): self = .userAgent
      default: return nil
      }
    }
  }

  /// A field begins; it is kept where it is one of these.
  mutating func begin(_ line: Span<UInt8>, name: Int, body: Int, limits: HeaderLimits) {
    guard limits.traceBytes > 0, let kind = Kind(named: line.extracting(first: name)) else { return }
    if kind == .received {
      guard hops < limits.hops, bytes.count < limits.traceBytes else {
        furtherHops += 1
        return
      }
      hops += 1
    } else {
      guard !hasSoftware else { return }
      hasSoftware = true
    }
    if bytes.isEmpty { bytes.reserveCapacity(640) }
    open = bytes.count
    bytes.append(kind.rawValue)
    append(line.extracting(body..<line.count), limits: limits)
    bytes.append(0x0a)
  }

  /// A folded line belongs to the field before it.
  mutating func extend(_ line: Span<UInt8>, limits: HeaderLimits) {
    guard open != nil, bytes.last == 0x0a else { return }
    bytes.removeLast()
    append(line, limits: limits)
    bytes.append(0x0a)
  }

  mutating func close() { open = nil }

  /// The bodies of the Received fields as they were sent, unfolded, in their order; nil where not all of them were kept.
  public var received: [[UInt8]]? {
    guard furtherHops == 0 else { return nil }
    return bytes.split(separator: 0x0a).filter { $0.first == Kind.received.rawValue }.map { field in
      let body = Array(field.dropFirst())
      return Array(body[rangeWithoutBlanks(around: body.span)])
    }
  }

  private mutating func append(_ part: Span<UInt8>, limits: HeaderLimits) {
    let room = limits.traceFieldBytes - (bytes.count - (open ?? bytes.count))
    bytes.append(part.extracting(0..<min(max(0, room), part.count)))
  }
}
