internal import Crypto
import Wire

/// Hashes a body as it passes, canonicalized (RFC 6376 section 3.4.3 and 3.4.4), however it is cut into runs.
///
/// Nothing is kept of it but what the next octets decide about: how many line ends stand behind the last text, a CR, white
/// space. Text goes to the hash in runs as long as they come.
struct BodyDigest: Sendable {
  let form: Canonicalization
  let algorithm: HashAlgorithm
  /// Octets of the canonicalized body that are hashed (`l=`); nil for all.
  let limit: Int?
  /// Octets of the canonicalized body so far, those behind the limit too.
  private(set) var length = 0
  // One of them is there. As cases of an enum they would be copied to be changed.
  private var sha256: SHA256?
  private var sha1: Insecure.SHA1?
  /// CRLFs that wait, for those at the end of the body do not count.
  private var lineEnds = 0
  /// Behind them a CR that waits for its LF.
  private var hasReturn = false
  private var blanks = Blanks.none

  /// What waits before all that in the relaxed form.
  private enum Blanks {
    case none
    /// White space, which counts as one space unless the line ends.
    case some
    /// White space and a CR.
    case beforeReturn
  }

  init(_ form: Canonicalization, _ algorithm: HashAlgorithm, limit: Int?) {
    self.form = form
    self.algorithm = algorithm
    self.limit = limit
    switch algorithm {
    case .sha256: sha256 = SHA256()
    case .sha1: sha1 = Insecure.SHA1()
    }
  }

  /// Whether it is the digest that this signature asks for: several share one.
  func serves(_ field: SignatureField) -> Bool {
    form == field.bodyForm && algorithm == field.hash && limit == field.bodyLength
  }

  mutating func append(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    switch form {
    case .simple: pass(bytes)
    case .relaxed: reduce(bytes)
    }
  }

  /// The hash of the body, which has ended.
  mutating func finish() -> [UInt8] {
    if blanks == .beforeReturn { pass(Self.spaceAndReturn) }
    if hasReturn {
      releaseLineEnds()
      hash(Self.returnAlone)
    }
    // A body ends in one CRLF (section 3.4.3), but one that is empty stays so when it is relaxed (section 3.4.4).
    if form == .simple || length > 0 { hash(Self.lineEnd) }
    if let sha256 { return Array(sha256.finalize()) }
    return sha1.map { Array($0.finalize()) } ?? []
  }

  // MARK: White space

  /// Passes on the bytes with white space as section 3.4.4 has it.
  private mutating func reduce(_ bytes: Span<UInt8>) {
    var index = settleBlanks(before: bytes)
    var start = index
    while index < bytes.count {
      index = bytes.firstUnevenBlank(from: index)
      guard index < bytes.count else { break }
      guard Self.isBlank(bytes[index]) else {
        index += 1
        continue
      }
      pass(bytes.extracting(start..<index))
      var next = index + 1
      while next < bytes.count, Self.isBlank(bytes[next]) { next += 1 }
      guard next < bytes.count else {
        blanks = .some
        return
      }
      if bytes[next] == 0x0d {
        guard next + 1 < bytes.count else {
          blanks = .beforeReturn
          return
        }
        if bytes[next + 1] == 0x0a {
          start = next
          index = next + 2
          continue
        }
      }
      if bytes[next - 1] == 0x20 {
        start = next - 1
      } else {
        pass(Self.space)
        start = next
      }
      index = next
    }
    pass(bytes.extracting(start..<bytes.count))
  }

  /// Decides about the white space that waited; gives the place from which on the bytes are to be read.
  private mutating func settleBlanks(before bytes: Span<UInt8>) -> Int {
    switch blanks {
    case .none:
      return 0
    case .some:
      var index = 0
      while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
      guard index < bytes.count else { return index }
      if bytes[index] == 0x0d {
        guard index + 1 < bytes.count else {
          blanks = .beforeReturn
          return bytes.count
        }
        if bytes[index + 1] == 0x0a {
          blanks = .none
          return index
        }
      }
      blanks = .none
      pass(Self.space)
      return index
    case .beforeReturn:
      blanks = .none
      if bytes[0] == 0x0a { pass(Self.returnAlone) } else { pass(Self.spaceAndReturn) }
      return 0
    }
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  // MARK: Line ends

  private mutating func pass(_ bytes: [UInt8]) { pass(bytes.span) }

  /// Hashes the bytes but for the line ends that they end with, which wait for more text. Only CRLF ends a line here: what
  /// else the sender took for an end is text, as it is for the receiver.
  private mutating func pass(_ run: Span<UInt8>) {
    guard run.count > 0 else { return }
    var start = 0
    if hasReturn {
      hasReturn = false
      if run[0] == 0x0a {
        lineEnds += 1
        start = 1
      } else {
        releaseLineEnds()
        hash(Self.returnAlone)
      }
    }
    while start + 1 < run.count, run[start] == 0x0d, run[start + 1] == 0x0a {
      lineEnds += 1
      start += 2
    }
    guard start < run.count else { return }
    var end = run.count
    if run[end - 1] == 0x0d {
      hasReturn = true
      end -= 1
    }
    let behind = end
    while end - start >= 2, run[end - 1] == 0x0a, run[end - 2] == 0x0d { end -= 2 }
    if end > start {
      releaseLineEnds()
      hash(run.extracting(start..<end))
    }
    lineEnds += (behind - end) / 2
  }

  /// Hashes the line ends that waited: text stands behind them.
  private mutating func releaseLineEnds() {
    while lineEnds >= Self.manyLineEnds {
      hash(Self.lineEndsAtOnce)
      lineEnds -= Self.manyLineEnds
    }
    while lineEnds > 0 {
      hash(Self.lineEnd)
      lineEnds -= 1
    }
  }

  private static let manyLineEnds = 32
  private static let lineEnd: [UInt8] = [0x0d, 0x0a]
  private static let lineEndsAtOnce = (0..<2 * manyLineEnds).map { lineEnd[$0 % 2] }
  private static let returnAlone: [UInt8] = [0x0d]
  private static let space: [UInt8] = [0x20]
  private static let spaceAndReturn: [UInt8] = [0x20, 0x0d]

  // MARK: Hash

  private mutating func hash(_ bytes: [UInt8]) { hash(bytes.span) }

  private mutating func hash(_ bytes: Span<UInt8>) {
    let taken = limit.map { max(0, min(bytes.count, $0 - length)) } ?? bytes.count
    length += bytes.count
    guard taken > 0 else { return }
    // The buffer lives for the call; the hash reads it and keeps nothing.
    unsafe bytes.extracting(0..<taken).withUnsafeBytes { buffer in
      unsafe sha256?.update(bufferPointer: buffer)
      unsafe sha1?.update(bufferPointer: buffer)
    }
  }
}
