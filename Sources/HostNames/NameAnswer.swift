public import Wire

/// Why an answer has nothing of what was asked for.
public enum Absence: Equatable, Sendable {
  /// The name does not exist, nor any below it (NXDOMAIN; RFC 8020).
  case noSuchName
  /// The name exists and has no record of the kind (RFC 2308 section 2.2).
  case noRecords
  /// The server could not or would not tell: SERVFAIL, REFUSED, by their code.
  case failed(UInt8)
}

/// What the answers to a question say, the newest before the others, and where in the capture it was said first.
public struct NameAnswer<Value: Hashable & Sendable>: Equatable, Sendable {
  /// What was found, or why nothing was.
  public enum Content: Equatable, Sendable {
    case found([Value])
    case nothing(Absence)
  }

  /// What it says, as far as it is known by now.
  public var content: Content
  /// The number of the frame that said it first.
  public var frame: Int
  /// When it was said first.
  public var time: CaptureTime

  /// An answer that the given frame held.
  public init(_ content: Content, frame: Int, time: CaptureTime) {
    self.content = content
    self.frame = frame
    self.time = time
  }

  /// What was found, the newest first; empty where nothing was.
  public var values: [Value] {
    if case .found(let values) = content { values } else { [] }
  }

  /// Why nothing was found; nil where something was.
  public var absence: Absence? {
    if case .nothing(let absence) = content { absence } else { nil }
  }

  /// Whether it says that there is something or that there is nothing.
  public var isKnown: Bool {
    if case .nothing(.failed) = content { false } else { true }
  }

  /// What is known with this answer to a question that was answered before, from where it was known first. A failure says
  /// nothing of what was known; what was found is joined with what was found before, as large sets are answered in parts.
  func following(_ old: NameAnswer?, mostValues: Int) -> NameAnswer {
    guard let old else { return self }
    if content == old.content || !isKnown && old.isKnown { return old }
    guard case .found(let new) = content, !new.allSatisfy(old.values.contains) else {
      return values.isEmpty ? self : old
    }
    let earlier = old.values.filter { !new.contains($0) }
    return NameAnswer(.found(Array((new + earlier).prefix(mostValues))), frame: frame, time: time)
  }
}

/// A name that an answer said leads to an address.
public struct ForwardName: Equatable, Sendable {
  /// The name that was said to have the address, itself or by an alias.
  public var name: DomainName
  /// When it was said first.
  public var time: CaptureTime
}

/// A question for the name of an address (PTR).
public struct ReverseQuestion: Equatable, Sendable {
  /// Who sent the query: a resolver, or the host itself.
  public var asker: IPAddress
  /// The number of the query's frame.
  public var frame: Int
  /// When it was asked.
  public var time: CaptureTime
  /// When a name server answered the asker about this address, whatever it said.
  public var answered: CaptureTime?
  /// Of the query; copies of one frame have the same.
  var id: UInt16
}
