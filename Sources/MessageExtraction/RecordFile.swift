import Wire

/// A file that grows record by record under a hidden name, and gets its own when the last one stands.
///
/// A mailbox file has no lengths, and a list of records no end: one that was cut reads like a whole one, to a program and
/// to a person. So nobody sees it before it is whole. Where a disk fills up it gets its name with the records that are.
package struct RecordFile: ~Copyable {
  private let directory: OutputDirectory
  /// The name that it will get: free when the file was begun.
  package let expectedName: String
  private let temporaryName: String
  private var file: Int32?
  /// Bytes that were not written yet.
  private var waiting: [UInt8] = []
  /// How many bytes stand in the file.
  private var written = 0
  /// Where the last record ends that stands in the file, and where those end that do not yet.
  private var lastEnd = 0
  private var nextEnds: [Int] = []
  /// Up to where room was set aside.
  private var reservedEnd = 0
  /// The name that the file got; nil before ``finish()``, and where no record could be written.
  package private(set) var name: String?

  /// Bytes gathered before they are written.
  private static let gatheredBytes = 1 << 16
  /// Bytes that room is set aside for at once.
  private static let reservedBytes = 1 << 17

  /// Begins a file that will be called `name` in the directory at `path`, or so with a number where that is taken.
  package init(
    _ name: String, in path: String, permissions: FilePermissions = FilePermissions()
  ) throws(ExtractionError) {
    let directory = try OutputDirectory(path: path, permissions: permissions)
    let made = try Self.makeFile(in: directory)
    expectedName = directory.freeName(SafeFileName(name))
    temporaryName = made.name
    file = made.file
    self.directory = directory
  }

  private static func makeFile(
    in directory: borrowing OutputDirectory
  ) throws(ExtractionError) -> (name: String, file: Int32) {
    var names = TemporaryNames()
    for _ in 0..<TemporaryNames.attempts {
      let name = names.next()
      if let file = try directory.create(name) { return (name, file) }
    }
    throw ExtractionError(.noFreeName, path: directory.path)
  }

  /// A file that was not finished is of no use to anybody.
  deinit {
    guard let file else { return }
    try? directory.close(file)
    directory.remove(temporaryName)
  }

  /// Where the next byte will stand.
  package var end: Int { written + waiting.count }

  /// Sees to it that the next records, of so many bytes, find room however full the disk gets. Throws where there is none.
  package mutating func reserve(_ count: Int) throws(ExtractionError) {
    guard let file, reservedEnd - end < count else { return }
    // More than is asked for, where there is as much: few calls.
    do throws(ExtractionError) {
      try reserve(upTo: end + max(count, Self.reservedBytes), in: file)
    } catch {
      try reserve(upTo: end + count, in: file)
    }
  }

  private mutating func reserve(upTo reserved: Int, in file: Int32) throws(ExtractionError) {
    try directory.reserve(written..<reserved, in: file)
    reservedEnd = reserved
  }

  /// Adds bytes to the record at hand.
  package mutating func append(_ bytes: Span<UInt8>) throws(ExtractionError) {
    if waiting.isEmpty, bytes.count >= Self.gatheredBytes {
      let before = written
      var done = 0
      defer { written = before + done }
      guard let file else { return }
      try directory.write(bytes, to: file, done: &done)
      return
    }
    waiting.append(bytes)
    if waiting.count >= Self.gatheredBytes { try flush() }
  }

  /// Adds a message whose bytes wait in memory or in a file of `source`, which is removed.
  package mutating func append(
    _ message: CompletedMessage, from source: borrowing MessageDirectory
  ) throws(ExtractionError) {
    switch message.content {
    case .bytes(let bytes):
      try append(bytes.span)
    case .file(let name):
      defer { source.remove(message) }
      let open = try source.directory.openToRead(name)
      defer { try? source.directory.close(open) }
      var buffer = [UInt8](repeating: 0, count: Self.gatheredBytes)
      while case let count = try source.directory.read(open, into: &buffer), count > 0 {
        try append(buffer.span.extracting(0..<count))
      }
    }
  }

  /// The record at hand is whole.
  package mutating func endRecord() {
    nextEnds.append(end)
    settleEnds()
  }

  /// Forgets the records that end behind `start`, where one of them began. Nothing more may be added then: what of them
  /// stands in the file is cut off by ``finish()``.
  package mutating func drop(from start: Int) {
    nextEnds.removeAll { $0 > start }
    lastEnd = min(lastEnd, start)
    waiting.removeLast(min(waiting.count, max(0, end - start)))
  }

  /// Writes what waits: what was ended before stands in the file then.
  package mutating func flush() throws(ExtractionError) {
    guard let file, !waiting.isEmpty else { return }
    var done = 0
    defer {
      written += done
      waiting.removeFirst(done)
      settleEnds()
    }
    try directory.write(waiting.span, to: file, done: &done)
  }

  /// Writes what waits, and gives the file its name; the records that are whole stand in it. Throws where it could not be
  /// named, or not all could be written: ``name`` tells.
  package mutating func finish() throws(ExtractionError) {
    guard let file else { return }
    var failure: ExtractionError?
    do throws(ExtractionError) { try flush() } catch { failure = error }
    // Of a record that failed or was never ended nothing is kept, nor room that was set aside.
    if lastEnd < max(written, reservedEnd) { try directory.truncate(file, to: lastEnd) }
    if failure == nil || lastEnd > 0 {
      directory.makeReadable(file)
      self.file = nil
      do throws(ExtractionError) {
        try directory.close(file)
        let name = try directory.giveName(SafeFileName(expectedName), to: temporaryName)
        self.name = name
        if name != expectedName, failure == nil {
          failure = ExtractionError(.nameTaken(insteadIs: name), path: directory.path(of: expectedName))
        }
      } catch {
        directory.remove(temporaryName)
        throw failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private mutating func settleEnds() {
    let standing = nextEnds.prefix { $0 <= written }
    guard let last = standing.last else { return }
    lastEnd = last
    nextEnds.removeFirst(standing.count)
  }
}
