private import Crypto
package import SMTPAnalysis
private import Synchronization
internal import Wire

/// A message's header section as it was sent, and its body as a hash: what tells a header that was added on the way from a
/// body that was changed.
package struct MessageDigest: Equatable, Sendable {
  /// The header's lines without their ends; nil where it is too long.
  package var header: [[UInt8]]?
  package var body: [UInt8] = []
  package var bodyBytes = 0
}

/// Takes digests of messages as they pass, in any number of threads.
package final class MessageDigests: Sendable {
  private struct State {
    var next = 0
    var finished: [Int: MessageDigest] = [:]
  }

  private let state = Mutex(State())
  private let limit: Int

  package init(limits: ComparisonLimits = ComparisonLimits()) {
    limit = limits.headerBytes
  }

  /// What takes the messages of one thread.
  package func output() -> any MessageOutput { MessageDigester(self, limit: limit) }

  /// The digest of a message, which is forgotten then.
  package func take(_ key: Int) -> MessageDigest? { state.withLock { $0.finished.removeValue(forKey: key) } }

  fileprivate func newKey() -> Int {
    state.withLock {
      $0.next += 1
      return $0.next
    }
  }

  fileprivate func keep(_ digest: MessageDigest, for key: Int) { state.withLock { $0.finished[key] = digest } }
}

private final class MessageDigester: MessageOutput {
  private struct Work {
    var header: [UInt8] = []
    var isInHeader = true
    var hash = SHA256()
    var digest = MessageDigest()
  }

  private let digests: MessageDigests
  private let limit: Int
  private var open: [Int: Work] = [:]

  init(_ digests: MessageDigests, limit: Int) {
    self.digests = digests
    self.limit = limit
  }

  func beginMessage() -> Int {
    let key = digests.newKey()
    open[key] = Work()
    return key
  }

  func append(_ bytes: Span<UInt8>, toMessage key: Int) {
    guard var work = open.removeValue(forKey: key) else { return }
    var run: [UInt8] = []
    run.reserveCapacity(bytes.count)
    for index in bytes.indices { run.append(bytes[index]) }
    if work.isInHeader {
      let searched = max(work.header.count - 3, 0)
      work.header += run
      if let end = Self.endOfHeader(work.header, from: searched) {
        work.isInHeader = false
        run = Array(work.header[end...])
        work.header.removeSubrange(end...)
        work.digest.header = Self.lines(work.header)
        work.header = []
      } else if work.header.count > limit {
        work.isInHeader = false
        run = work.header
        work.header = []
      } else {
        run = []
      }
    }
    if !run.isEmpty {
      work.hash.update(data: run)
      work.digest.bodyBytes += run.count
    }
    open[key] = work
  }

  func skip(_ count: Int, inMessage key: Int) {}

  func endMessage(_ key: Int) {
    guard var work = open.removeValue(forKey: key) else { return }
    if work.isInHeader { work.digest.header = Self.lines(work.header) }
    work.digest.body = Array(work.hash.finalize())
    digests.keep(work.digest, for: key)
  }

  /// Where the body begins, behind the blank line (RFC 5322 section 2.1).
  private static func endOfHeader(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      if bytes[index] == 0x0a {
        if index + 1 < bytes.count, bytes[index + 1] == 0x0a { return index + 2 }
        if index + 2 < bytes.count, bytes[index + 1] == 0x0d, bytes[index + 2] == 0x0a { return index + 3 }
      }
      index += 1
    }
    return nil
  }

  private static func lines(_ header: [UInt8]) -> [[UInt8]] {
    header.split(separator: 0x0a).map { line in Array(line.last == 0x0d ? line.dropLast() : line) }
      .filter { !$0.isEmpty }
  }
}
