private import CLinux
private import FileWriting
private import Glibc
import Wire

/// A file that stands under its name when it is whole, in the place of the one that stood there before.
///
/// It grows under a hidden name beside it. What is no ordinary file (a pipe, a device) cannot be replaced and is written to.
package struct ReplacedFile: ~Copyable {
  private let path: String
  /// Where it grows; nil where it is there, and is no ordinary file.
  private let place: Place?
  private var file: Int32?

  /// A class, for an optional cannot lend a directory that is held open.
  private final class Place {
    let directory: OutputDirectory
    let name: String
    let temporaryName: String

    init(_ directory: consuming OutputDirectory, name: String, temporaryName: String) {
      self.directory = directory
      self.name = name
      self.temporaryName = temporaryName
    }
  }

  package init(path: String, permissions: FilePermissions = FilePermissions()) throws(ExtractionError) {
    self.path = path
    var status = stat()
    // stat(2) fills the structure that it is given.
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw ExtractionError(errno: EISDIR, path: path) }
      // Swift hands a NUL-terminated copy of the path to the call for its time.
      let opened = unsafe open(path, O_WRONLY | O_CLOEXEC)
      guard opened >= 0 else { throw ExtractionError(errno: errno, path: path) }
      place = nil
      file = opened
      return
    }
    let (folder, name) = Self.split(path)
    guard !name.isEmpty else { throw ExtractionError(errno: path.isEmpty ? ENOENT : EISDIR, path: path) }
    let directory = try OutputDirectory(path: folder, permissions: permissions)
    var names = TemporaryNames()
    for _ in 0..<TemporaryNames.attempts {
      let temporaryName = names.next()
      guard let made = try directory.create(temporaryName) else { continue }
      place = Place(directory, name: name, temporaryName: temporaryName)
      file = made
      return
    }
    throw ExtractionError(.noFreeName, path: path)
  }

  /// A file that was not finished is of no use to anybody.
  deinit {
    guard let file else { return }
    _ = Glibc.close(file)
    if let place { place.directory.remove(place.temporaryName) }
  }

  /// Writes the next bytes.
  package func append(_ bytes: Span<UInt8>) throws(ExtractionError) {
    guard let file else { return }
    do throws(FileWritingError) {
      try bytes.write(to: file)
    } catch {
      throw ExtractionError(errno: error.code, path: path)
    }
  }

  /// Gives the file its name; what had it is gone.
  package mutating func finish() throws(ExtractionError) {
    guard let file else { return }
    self.file = nil
    guard let place else {
      guard Glibc.close(file) == 0 || errno == EINTR else { throw ExtractionError(errno: errno, path: path) }
      return
    }
    place.directory.makeReadable(file)
    do throws(ExtractionError) {
      // A full disk may be told as late as here.
      try place.directory.close(file)
      try place.directory.replace(place.name, by: place.temporaryName)
    } catch {
      place.directory.remove(place.temporaryName)
      throw error
    }
  }

  /// A path as its directory and the name in it.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }
}
