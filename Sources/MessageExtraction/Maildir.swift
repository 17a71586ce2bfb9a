private import Glibc
package import Wire

/// A Maildir: a directory with `tmp`, `new` and `cur`, in which each message is a file that appears in `new` when it is
/// whole (https://cr.yp.to/proto/maildir.html). Another program may watch it, or deliver into it, at the same time.
///
/// Incomplete messages stand in a folder of their own, as Maildir++ names folders, so that no mail program shows one among
/// whole ones.
package struct Maildir: ~Copyable {
  /// Where the messages are written: the path of `tmp`.
  package let temporaryPath: String
  private let root: OutputDirectory
  private let new: OutputDirectory
  private var incomplete: OutputDirectory?
  private var deliveries = 0
  private let host = Maildir.hostName

  /// The folder of incomplete messages.
  private static let incompleteFolder = ".incomplete"

  /// Opens the Maildir at `path`, made where it is missing.
  package init(
    path: String, permissions: FilePermissions = FilePermissions()
  ) throws(ExtractionError) {
    let root = try OutputDirectory(path: path, permissions: permissions)
    new = try Self.makeFolder(root)
    temporaryPath = root.path(of: "tmp")
    self.root = root
  }

  /// Delivers a message whose file stands in `tmp`, received at a moment by which mail programs sort it. Gives its path
  /// within the Maildir. Throws where it could not be delivered; the file is removed then.
  package mutating func deliver(
    _ message: CompletedMessage, from source: borrowing MessageDirectory, at time: CaptureTime, isComplete: Bool
  ) throws(ExtractionError) -> String {
    guard case .file(let temporary) = message.content else {
      throw ExtractionError(.noFreeName, path: root.path)
    }
    source.directory.setTime(of: temporary, to: time)
    do throws(ExtractionError) {
      for _ in 0..<TemporaryNames.attempts {
        deliveries += 1
        let name = uniqueName(at: time, isComplete: isComplete)
        if isComplete {
          if try source.directory.rename(temporary, to: name, in: new) { return "new/" + name }
        } else if try moveToIncomplete(temporary, of: source.directory, as: name) {
          return Self.incompleteFolder + "/new/" + name
        }
      }
      throw ExtractionError(.noFreeName, path: new.path)
    } catch {
      source.remove(message)
      throw error
    }
  }

  private mutating func moveToIncomplete(
    _ temporary: String, of source: borrowing OutputDirectory, as name: String
  ) throws(ExtractionError) -> Bool {
    if incomplete == nil {
      let folder = try OutputDirectory(Self.incompleteFolder, in: root)
      // Maildir++: an empty file by which deliverers know that this is a folder of a Maildir.
      if let mark = try folder.create("maildirfolder") { try folder.close(mark) }
      incomplete = try Self.makeFolder(folder)
    }
    return try incomplete?.takeIn(temporary, of: source, as: name) ?? false
  }

  private static func makeFolder(_ folder: borrowing OutputDirectory) throws(ExtractionError) -> OutputDirectory {
    _ = try OutputDirectory("tmp", in: folder)
    _ = try OutputDirectory("cur", in: folder)
    return try OutputDirectory("new", in: folder)
  }

  /// Nobody else's name: seconds first, then microseconds, process, count and chance, then the host.
  private func uniqueName(at time: CaptureTime, isComplete: Bool) -> String {
    let seconds = max(0, time.nanoseconds) / 1_000_000_000
    let microseconds = max(0, time.nanoseconds) / 1000 % 1_000_000
    let chance = String(UInt64.random(in: 0 ... .max), radix: 16)
    let mark = isComplete ? "" : ".incomplete"
    return "\(seconds).M\(microseconds)P\(getpid())Q\(deliveries)R\(chance)\(mark).\(host)"
  }

  /// The host's name as Maildir names have it.
  private static var hostName: String {
    var name = [UInt8](repeating: 0, count: 256)
    // gethostname writes no more than it is told that there is room for.
    let isKnown = unsafe name.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return false }
      return unsafe gethostname(base.assumingMemoryBound(to: CChar.self), buffer.count) == 0
    }
    let text = isKnown ? name.prefix { $0 != 0 } : []
    let safe = text.prefix(64).map { byte -> String in
      switch byte {
      case UInt8(ascii: "/"): "\\057"
      case UInt8(ascii: ":"): "\\072"
      case 0x21...0x7e: String(UnicodeScalar(byte))
      default: "_"
      }
    }
    return safe.isEmpty ? "localhost" : safe.joined()
  }
}
