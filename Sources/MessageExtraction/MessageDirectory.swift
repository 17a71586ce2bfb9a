import Wire

/// A directory into which messages are written as their bytes arrive, any number of them at once.
///
/// A message is gathered under a hidden temporary name and gets its own when it is finished: nothing half-written ever
/// stands under a final name, and no file that was there is replaced. What is neither finished nor discarded is removed
/// with the value. A message that fails is discarded; others may go on.
package struct MessageDirectory: ~Copyable {
  let directory: OutputDirectory
  private let limits: ExtractionLimits
  private var messages: [Int: PartialMessage] = [:]
  /// What happened when a message's file was closed to make room; told when the message is next used.
  private var failures: [Int: ExtractionError] = [:]
  private var openFiles: OpenFiles
  private var gathered = 0
  private var temporaryNames: TemporaryNames

  private struct PartialMessage {
    var gathered: [UInt8] = []
    var file: TemporaryFile?

    /// Lets bytes wait for more, unless they are many and none wait before them; `isLarge`: they reach the limit.
    mutating func gather(_ bytes: Span<UInt8>, upTo limit: Int) -> (waits: Bool, isLarge: Bool) {
      let isLarge = bytes.count >= limit - gathered.count
      if isLarge, gathered.isEmpty { return (false, true) }
      gathered.append(bytes)
      return (true, isLarge)
    }
  }

  private struct TemporaryFile {
    var name: String
    /// Known while the file is closed.
    var identity: OutputDirectory.FileIdentity?
  }

  /// Opens the directory at `path`, made with its parents when it is missing. Throws when it cannot be made, is something
  /// else (a symbolic link too, unless it `mayBeLink`), or may not be written to.
  package init(
    path: String, limits: ExtractionLimits = ExtractionLimits(), permissions: FilePermissions = FilePermissions(),
    mayBeLink: Bool = true
  ) throws(ExtractionError) {
    directory = try OutputDirectory(path: path, permissions: permissions, mayBeLink: mayBeLink)
    self.limits = limits
    openFiles = OpenFiles(limit: limits.openFiles)
    temporaryNames = TemporaryNames()
  }

  deinit {
    for descriptor in openFiles.descriptors { try? directory.close(descriptor) }
    for message in messages.values {
      if let file = message.file { directory.remove(file.name) }
    }
  }

  /// Begins a message that `key` names until it is finished or discarded. Throws when `key` names one already.
  package mutating func begin(_ key: Int) throws(ExtractionError) {
    guard messages[key] == nil else { throw ExtractionError(.begunTwice(key), path: directory.path) }
    messages[key] = PartialMessage()
  }

  /// Adds bytes to the end of a message. Throws when they could not be written; the message is discarded then.
  package mutating func append(_ bytes: Span<UInt8>, to key: Int) throws(ExtractionError) {
    // Looked up once, and changed where it lies: a copy would be one of all it holds.
    let place = try usablePlace(of: key)
    let limit = limits.gatheredBytesPerMessage
    let (waits, isLarge) = messages.values[place].gather(bytes, upTo: limit)
    if waits {
      gathered += bytes.count
      if isLarge || gathered > limits.gatheredBytes { try writeGathered(of: key) }
    } else {
      do throws(ExtractionError) {
        try directory.write(bytes, to: openFile(of: key))
      } catch {
        discard(key)
        throw error
      }
    }
  }

  /// Ends a message and gives its file a name, as ``giveName(_:to:)`` does. Throws when the file could not be completed or
  /// named; the message is discarded then.
  package mutating func finish(_ key: Int, name: String) throws(ExtractionError) -> String {
    try giveName(name, to: complete(key))
  }

  /// Ends a message: its file is whole, still under its hidden name, and no longer this value's business; it may be named
  /// by another value on the same directory, in another thread. Throws when it could not be completed; the message is
  /// discarded then.
  package mutating func complete(_ key: Int) throws(ExtractionError) -> CompletedMessage {
    _ = try usableMessage(key)
    try writeGathered(of: key)
    do throws(ExtractionError) {
      let file = try openFile(of: key)
      directory.makeReadable(file)
      _ = openFiles.remove(key)
      try directory.close(file)
      guard let temporary = messages[key]?.file?.name else {
        throw ExtractionError(.notBegun(key), path: directory.path)
      }
      messages[key] = nil
      return CompletedMessage(.file(temporary))
    } catch {
      discard(key)
      throw error
    }
  }

  /// Ends a message like ``complete(_:)``; one that was gathered whole and has no file yet gets none and stays in memory.
  /// For those who read it once more, as a mailbox file does. `limit` bounds its bytes.
  package mutating func completeInMemory(_ key: Int, upTo limit: Int) throws(ExtractionError) -> CompletedMessage {
    let message = try usableMessage(key)
    guard message.file == nil, message.gathered.count <= limit else { return try complete(key) }
    gathered -= message.gathered.count
    messages[key] = nil
    return CompletedMessage(.bytes(message.gathered))
  }

  /// Gives a completed message a name: `name` with its extension, made safe, and made unique by a number before the
  /// extension. Gives the name used, within the directory. Throws when it could not be named; its file is removed then.
  package func giveName(_ name: String, to message: CompletedMessage) throws(ExtractionError) -> String {
    do throws(ExtractionError) {
      return try giveName(SafeFileName(name), to: message)
    } catch {
      remove(message)
      throw error
    }
  }

  /// Removes the file of a completed message that is not wanted.
  package func remove(_ message: CompletedMessage) {
    if case .file(let name) = message.content { directory.remove(name) }
  }

  /// Forgets a message and removes what was written of it. A key that names none is ignored.
  package mutating func discard(_ key: Int) {
    guard let message = messages.removeValue(forKey: key) else { return }
    failures[key] = nil
    gathered -= message.gathered.count
    if let descriptor = openFiles.remove(key) { try? directory.close(descriptor) }
    if let file = message.file { directory.remove(file.name) }
  }

  private func giveName(
    _ proposed: SafeFileName, to message: CompletedMessage
  ) throws(ExtractionError) -> String {
    guard case .file(let temporary) = message.content else {
      throw ExtractionError(.noFreeName, path: directory.path(of: proposed.text()))
    }
    return try directory.giveName(proposed, to: temporary)
  }

  private mutating func usableMessage(_ key: Int) throws(ExtractionError) -> PartialMessage {
    messages.values[try usablePlace(of: key)]
  }

  private mutating func usablePlace(of key: Int) throws(ExtractionError) -> [Int: PartialMessage].Index {
    guard let place = messages.index(forKey: key) else {
      throw ExtractionError(.notBegun(key), path: directory.path)
    }
    if !failures.isEmpty, let failure = failures[key] {
      discard(key)
      throw failure
    }
    return place
  }

  private mutating func writeGathered(of key: Int) throws(ExtractionError) {
    guard let bytes = messages[key]?.gathered, !bytes.isEmpty else { return }
    do throws(ExtractionError) {
      try directory.write(bytes.span, to: openFile(of: key))
    } catch {
      discard(key)
      throw error
    }
    gathered -= bytes.count
    messages[key]?.gathered = []
  }

  /// The descriptor of a message's temporary file, which is made or opened again when need be.
  private mutating func openFile(of key: Int) throws(ExtractionError) -> Int32 {
    if let descriptor = openFiles.descriptor(of: key) { return descriptor }
    if openFiles.isFull { closeLeastRecentlyUsed() }
    while true {
      do throws(ExtractionError) {
        let descriptor = try newDescriptor(of: key)
        openFiles.insert(descriptor, for: key)
        return descriptor
      } catch {
        // The process's own limit may be lower than ours, or others use it up.
        guard error.reason == .tooManyOpenFiles, closeLeastRecentlyUsed() else { throw error }
      }
    }
  }

  private mutating func newDescriptor(of key: Int) throws(ExtractionError) -> Int32 {
    if let file = messages[key]?.file, let identity = file.identity {
      return try directory.reopen(file.name, expecting: identity)
    }
    for _ in 0..<TemporaryNames.attempts {
      let name = temporaryNames.next()
      guard let descriptor = try directory.create(name) else { continue }
      messages[key]?.file = TemporaryFile(name: name)
      return descriptor
    }
    throw ExtractionError(.noFreeName, path: directory.path)
  }

  /// Whether there was one to close.
  @discardableResult
  private mutating func closeLeastRecentlyUsed() -> Bool {
    guard let (key, descriptor) = openFiles.removeLeastRecentlyUsed() else { return false }
    do throws(ExtractionError) {
      messages[key]?.file?.identity = try directory.identity(of: descriptor)
    } catch {
      failures[key] = error
    }
    do throws(ExtractionError) {
      try directory.close(descriptor)
    } catch {
      failures[key] = error
    }
    return true
  }
}

/// A message that is whole and has no name of its own yet.
package struct CompletedMessage: Sendable {
  enum Content {
    /// The hidden name of its file.
    case file(String)
    case bytes([UInt8])
  }

  let content: Content

  init(_ content: Content) {
    self.content = content
  }

  /// Whether it takes room on the disk.
  package var isFile: Bool {
    if case .file = content { true } else { false }
  }

  /// Bytes that it holds in memory.
  package var bytesInMemory: Int {
    if case .bytes(let bytes) = content { bytes.count } else { 0 }
  }
}

extension OutputDirectory {
  /// Names tried with a small number before one by chance is taken: a caller that gives every message the same name would
  /// try all of them each time.
  private static let numberedNames = 1000

  /// Gives a finished file its name, with a number before the extension where it is taken; gives the name used.
  func giveName(_ proposed: SafeFileName, to temporary: String) throws(ExtractionError) -> String {
    for number in 1...Self.numberedNames + TemporaryNames.attempts {
      let name = Self.name(number, of: proposed)
      if try rename(temporary, to: name) { return name }
    }
    throw ExtractionError(.noFreeName, path: path(of: proposed.text()))
  }

  /// The name that ``giveName(_:to:)`` would give now.
  func freeName(_ proposed: SafeFileName) -> String {
    for number in 1...Self.numberedNames {
      let name = Self.name(number, of: proposed)
      if !isTaken(name) { return name }
    }
    return Self.name(.max, of: proposed)
  }

  private static func name(_ number: Int, of proposed: SafeFileName) -> String {
    let suffix =
      switch number {
      case 1: ""
      case ...numberedNames: "-\(number)"
      default: "-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
      }
    return proposed.text(suffix: suffix)
  }
}

/// Hidden names that no other run uses: what a killed run left behind is neither in the way nor touched, for it may be
/// of one that still runs.
struct TemporaryNames {
  static let attempts = 100
  private let prefix = ".smtpscope-" + String(UInt64.random(in: 0 ... .max), radix: 16)
  private var count = 0

  mutating func next() -> String {
    count += 1
    return "\(prefix)-\(count).part"
  }
}
