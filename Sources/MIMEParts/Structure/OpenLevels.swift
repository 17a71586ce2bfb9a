internal import Wire

/// The multiparts and messages that stand open around the part at hand, the outermost first.
struct OpenLevels {
  enum Level {
    case multipart(Multipart)
    /// A message within the message; nil where it is not listed.
    case message(OpenPart?)
  }

  struct Multipart {
    var boundary: [UInt8]
    var isDigest: Bool
    var parts = 0
    /// It is listed itself, as parts that have names are.
    var path: String
  }

  private var levels: [Level] = []
  /// The messages among them that are listed: their bytes are taken as they are.
  private(set) var messages: [OpenPart] = []
  /// The path of what all of them stand in.
  private let basePath: String

  init(basePath: String) {
    self.basePath = basePath
  }

  var count: Int { levels.count }
  var isEmpty: Bool { levels.isEmpty }

  /// Whether the innermost is a message, as the whole is.
  var endInMessage: Bool {
    guard let level = levels.last else { return true }
    return if case .message = level { true } else { false }
  }

  subscript(level: Int) -> Level { levels[level] }

  mutating func append(_ level: Level) {
    if case .message(let part?) = level { messages.append(part) }
    levels.append(level)
  }

  mutating func removeLast() -> Level {
    let level = levels.removeLast()
    if case .message(_?) = level { messages.removeLast() }
    return level
  }

  /// Counts a part more of the multipart at a level: whether it is a digest's; nil where none stands there.
  mutating func beginPart(at level: Int) -> Bool? {
    guard case .multipart(var multipart) = levels[level] else { return nil }
    multipart.parts += 1
    levels[level] = .multipart(multipart)
    return multipart.isDigest
  }

  // MARK: Paths

  /// The path of the part that is open as the prefix of what it holds.
  var path: String {
    var path = basePath
    for (index, level) in levels.enumerated() {
      switch level {
      case .multipart(let multipart): Self.append(multipart.parts, to: &path)
      case .message:
        // A message's multipart has the message's own path (RFC 3501 section 6.4.5); anything else is its part 1.
        if index + 1 < levels.count, case .message = levels[index + 1] { Self.append(1, to: &path) }
      }
    }
    return path
  }

  /// The path of the part that is open where it is not a multipart.
  var leafPath: String {
    var path = self.path
    if endInMessage { Self.append(1, to: &path) }
    return path
  }

  private static func append(_ number: Int, to path: inout String) {
    if !path.isEmpty { path += "." }
    path += String(number)
  }
}
