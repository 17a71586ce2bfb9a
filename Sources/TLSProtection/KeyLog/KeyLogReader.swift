private import Wire

/// Reads one source of a key log, in whatever pieces it comes; a file that grows is read on when there is more of it.
public struct KeyLogReader: Sendable {
  private let limits: KeyLogLimits
  /// The begin of a line whose end has not come. Holds part of a secret: it is wiped when the line is done.
  private var begun: [UInt8] = []
  /// Whether the line that is being read is longer than any may be.
  private var isTooLong = false

  /// Lines read so far.
  public private(set) var lines = 0
  /// Lines that told a secret, whether it was new or not.
  public private(set) var secrets = 0
  /// Lines like those of a key log whose label means nothing here.
  public private(set) var otherLabels = 0
  /// Lines that are not of the format.
  public private(set) var malformedLines = 0
  /// The numbers of the first of them, from 1.
  public private(set) var malformedLineNumbers: [Int] = []

  /// Stands before the first byte of a source; `limits` bound its lines.
  public init(limits: KeyLogLimits = KeyLogLimits()) {
    self.limits = limits
  }

  /// More of the source.
  public mutating func receive(_ bytes: Span<UInt8>, into log: KeyLog) {
    var start = 0
    while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) {
      lineEnds(with: bytes.extracting(start..<end), into: log)
      start = end + 1
    }
    if start < bytes.count { hold(bytes.extracting(start..<bytes.count)) }
  }

  /// The source is over: what stands behind the last line end is a line as well.
  public mutating func finish(into log: KeyLog) {
    guard !begun.isEmpty || isTooLong else { return }
    let nothing: [UInt8] = []
    lineEnds(with: nothing.span, into: log)
  }

  private mutating func hold(_ bytes: Span<UInt8>) {
    guard !isTooLong, bytes.count <= limits.lineBytes - begun.count else {
      isTooLong = true
      begun.wipe()
      return
    }
    // Room for the longest line at once: an array that grows leaves copies of what it held behind.
    if begun.capacity < limits.lineBytes { begun.reserveCapacity(limits.lineBytes) }
    begun.append(bytes)
  }

  private mutating func lineEnds(with bytes: Span<UInt8>, into log: KeyLog) {
    lines += 1
    if isTooLong || bytes.count > limits.lineBytes - begun.count {
      isTooLong = false
      begun.wipe()
      malformed()
    } else if begun.isEmpty {
      read(KeyLogLine(bytes), into: log)
    } else {
      begun.append(bytes)
      read(KeyLogLine(begun.span), into: log)
      begun.wipe()
    }
  }

  private mutating func read(_ line: KeyLogLine, into log: KeyLog) {
    switch line {
    case .blank: break
    case .session(let random, let kind, let secret):
      secrets += 1
      log.keep(kind, secret, of: random)
    case .premaster(let start, let secret):
      secrets += 1
      log.keep(premaster: secret, encryptedStart: start)
    case .otherLabel: otherLabels += 1
    case .malformed: malformed()
    }
  }

  private mutating func malformed() {
    malformedLines += 1
    if malformedLineNumbers.count < limits.malformedLineNumbers { malformedLineNumbers.append(lines) }
  }
}

extension KeyLogReader: CustomStringConvertible, CustomReflectable {
  /// How much was read; no secret.
  public var description: String { "reader of \(lines) key log lines" }
  /// Nothing: part of a secret may be held.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
