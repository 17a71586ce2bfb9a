internal import Wire

/// The boundaries of the multiparts that are open, found by what a line has, however many there are.
struct Boundaries {
  /// What a line that begins with two hyphens means.
  enum Delimiter {
    /// Another part of the multipart at this level begins.
    case next(level: Int)
    case close(level: Int)
  }

  private var levels: [[UInt8]: Int] = [:]
  private let limit: Int

  init(limits: MIMELimits) {
    limit = limits.boundaryBytes
  }

  var isEmpty: Bool { levels.isEmpty }

  /// Bytes that a delimiter line may have at most: two hyphens more at either end, and blanks that servers add.
  var longestLine: Int { limit + 64 }

  /// Adds the boundary of a multipart at `level`. Of two with the same boundary the outer one keeps it: what belongs to it
  /// stays in its place, whatever is written inside.
  mutating func add(_ boundary: [UInt8], level: Int) {
    if levels[boundary] == nil { levels[boundary] = level }
  }

  mutating func remove(_ boundary: [UInt8], level: Int) {
    if levels[boundary] == level { levels[boundary] = nil }
  }

  /// Reads a line, with or without its end. RFC 2046 section 5.1.1 lets blanks follow; anything else makes another line of
  /// it, for boundaries are often the beginnings of others.
  func delimiter(_ line: Span<UInt8>) -> Delimiter? {
    guard line.count > 2, line.count <= longestLine, line[0] == 0x2d, line[1] == 0x2d, !levels.isEmpty else {
      return nil
    }
    var end = line.count
    while end > 2, line[end - 1] == 0x20 || line[end - 1] == 0x09 || line[end - 1] == 0x0d || line[end - 1] == 0x0a {
      end -= 1
    }
    var name = Array(line.extracting(2..<end))
    if let level = levels[name] { return .next(level: level) }
    guard name.count >= 2, name[name.count - 1] == 0x2d, name[name.count - 2] == 0x2d else { return nil }
    name.removeLast(2)
    if let level = levels[name] { return .close(level: level) }
    // Blanks between the boundary and the hyphens are no delimiter in any reader.
    return nil
  }
}
