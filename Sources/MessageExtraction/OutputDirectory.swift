private import CLinux
private import FileWriting
private import Glibc
import Wire

/// A directory held open, in which files are made, written and named; nothing is reached by a path but the directory
/// itself, so that no name leads out of it, and no symbolic link in it is followed.
struct OutputDirectory: ~Copyable {
  /// As the user named it, for errors.
  let path: String
  private let descriptor: Int32
  private let permissions: FilePermissions

  /// Tells whether a file is still the one that was made.
  struct FileIdentity: Equatable {
    fileprivate var device: UInt64
    fileprivate var number: UInt64
  }

  /// Opens the directory, made with its parents when it is missing. Unless it `mayBeLink`, a symbolic link in its place is
  /// refused: a directory that is the user's to name may be one, one of our own in it may not.
  init(path: String, permissions: FilePermissions, mayBeLink: Bool = true) throws(ExtractionError) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw ExtractionError(errno: ENOENT, path: path) }
    // Every parent in turn. The first that could not be made is the reason when the whole does not open.
    var reason: Int32?
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      // Swift hands a NUL-terminated copy to each call of this file that takes a name, for the call's time.
      if unsafe mkdir(String(path[..<end]), 0o777) != 0, errno != EEXIST, reason == nil { reason = errno }
    }
    let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (mayBeLink ? 0 : O_NOFOLLOW))
    guard opened >= 0 else {
      if !mayBeLink, errno == ELOOP { throw ExtractionError(errno: ENOTDIR, path: path) }
      // What stands in the way has the better words: "not a directory" for a file.
      throw ExtractionError(errno: errno == ENOENT ? reason ?? errno : errno, path: path)
    }
    // Said now and not after gigabytes were read.
    guard unsafe faccessat(opened, ".", W_OK | X_OK, 0) == 0 else {
      let reason = errno
      _ = Glibc.close(opened)
      throw ExtractionError(errno: reason, path: path)
    }
    self.path = path
    descriptor = opened
    self.permissions = permissions
  }

  /// Opens a directory of this name in another one, made where it is missing. A symbolic link of that name is refused.
  init(_ name: String, in parent: borrowing OutputDirectory) throws(ExtractionError) {
    let path = parent.path(of: name)
    if unsafe mkdirat(parent.descriptor, name, 0o777) != 0, errno != EEXIST {
      throw ExtractionError(errno: errno, path: path)
    }
    let opened = unsafe openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw ExtractionError(errno: errno == ELOOP ? ENOTDIR : errno, path: path) }
    guard unsafe faccessat(opened, ".", W_OK | X_OK, 0) == 0 else {
      let reason = errno
      _ = Glibc.close(opened)
      throw ExtractionError(errno: reason, path: path)
    }
    self.path = path
    descriptor = opened
    permissions = parent.permissions
  }

  deinit {
    _ = Glibc.close(descriptor)
  }

  /// The path of a file in the directory, for errors.
  func path(of name: String) -> String {
    path.hasSuffix("/") ? path + name : path + "/" + name
  }

  /// Makes a file that only its owner may read and opens it for writing at its end; nil when the name is taken.
  func create(_ name: String) throws(ExtractionError) -> Int32? {
    let file = unsafe openat(descriptor, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file >= 0 { return file }
    if errno == EEXIST { return nil }
    throw ExtractionError(errno: errno, path: path)
  }

  /// Opens a file again that ``create(_:)`` made and whose identity was `identity`.
  func reopen(_ name: String, expecting identity: FileIdentity) throws(ExtractionError) -> Int32 {
    let file = unsafe openat(descriptor, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ELOOP { throw ExtractionError(.disturbed, path: path(of: name)) }
      throw ExtractionError(errno: errno, path: path)
    }
    guard (try? self.identity(of: file)) == identity else {
      try? close(file)
      throw ExtractionError(.disturbed, path: path(of: name))
    }
    return file
  }

  /// What tells an open file from others.
  func identity(of file: Int32) throws(ExtractionError) -> FileIdentity {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw ExtractionError(errno: errno, path: path) }
    return FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// Writes all bytes at the end of an open file.
  func write(_ bytes: Span<UInt8>, to file: Int32) throws(ExtractionError) {
    var done = 0
    try write(bytes, to: file, done: &done)
  }

  /// The same; `done` counts what stands in the file, also where it throws.
  func write(_ bytes: Span<UInt8>, to file: Int32, done: inout Int) throws(ExtractionError) {
    do throws(FileWritingError) {
      try bytes.write(to: file, written: &done)
    } catch {
      throw ExtractionError(errno: error.code, path: path)
    }
  }

  /// Sets room aside for these bytes of an open file, which gets no longer. Throws where there is none; a file system that
  /// sets nothing aside promises nothing.
  func reserve(_ bytes: Range<Int>, in file: Int32) throws(ExtractionError) {
    guard reserve_room(file, Int64(bytes.lowerBound), Int64(bytes.count)) != 0 else { return }
    if errno == ENOSPC || errno == EDQUOT || errno == EFBIG { throw ExtractionError(errno: errno, path: path) }
  }

  /// Opens a file that ``create(_:)`` made to read it from its beginning.
  func openToRead(_ name: String) throws(ExtractionError) -> Int32 {
    let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ELOOP { throw ExtractionError(.disturbed, path: path(of: name)) }
      throw ExtractionError(errno: errno, path: path(of: name))
    }
    return file
  }

  /// Reads the next bytes of an open file over those of `buffer`; how many there were, 0 at its end.
  func read(_ file: Int32, into buffer: inout [UInt8]) throws(ExtractionError) -> Int {
    while true {
      // read(2) writes no more than the buffer's own length.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      if errno != EINTR { throw ExtractionError(errno: errno, path: path) }
    }
  }

  /// Cuts an open file to its first `length` bytes.
  func truncate(_ file: Int32, to length: Int) throws(ExtractionError) {
    guard ftruncate(file, length) == 0 else { throw ExtractionError(errno: errno, path: path) }
  }

  /// Gives a file the time of its last change.
  func setTime(of name: String, to time: CaptureTime) {
    let (seconds, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let moment =
      rest < 0
      ? timespec(tv_sec: Int(seconds) - 1, tv_nsec: Int(rest) + 1_000_000_000)
      : timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
    // The two times are read during the call. A file system that keeps none refuses, and loses nothing.
    unsafe [moment, moment].withUnsafeBufferPointer { times in
      unsafe _ = utimensat(descriptor, name, times.baseAddress, AT_SYMLINK_NOFOLLOW)
    }
  }

  /// Closes an open file; some file systems tell only now that a write failed.
  func close(_ file: Int32) throws(ExtractionError) {
    guard Glibc.close(file) == 0 || errno == EINTR else { throw ExtractionError(errno: errno, path: path) }
  }

  /// Gives an open file the permissions that the user's mask leaves to files.
  func makeReadable(_ file: Int32) {
    // A file system without permissions refuses, and loses nothing.
    _ = fchmod(file, permissions.mode)
  }

  /// Renames a file, never onto another; false when the new name is taken.
  func rename(_ old: String, to new: String) throws(ExtractionError) -> Bool {
    try rename(old, to: new, in: self)
  }

  /// Moves a file into another directory of the same file system, never onto another; false when the new name is taken.
  func rename(_ old: String, to new: String, in other: borrowing OutputDirectory) throws(ExtractionError) -> Bool {
    // One step where the kernel and the file system know how; EINVAL is theirs, not the names'.
    if unsafe rename_without_replacing(descriptor, old, other.descriptor, new) == 0 { return true }
    switch errno {
    case EEXIST: return false
    case EINVAL, ENOSYS: break
    case ENOENT: throw ExtractionError(.disturbed, path: path(of: old))
    default: throw ExtractionError(errno: errno, path: other.path(of: new))
    }
    // Making a link never replaces a file; renaming does.
    if unsafe linkat(descriptor, old, other.descriptor, new, 0) == 0 {
      remove(old)
      return true
    }
    switch errno {
    case EEXIST: return false
    case ENOENT: throw ExtractionError(.disturbed, path: path(of: old))
    case EPERM, EOPNOTSUPP, ENOSYS: break
    default: throw ExtractionError(errno: errno, path: other.path(of: new))
    }
    // A file system without links, such as FAT: an empty file of our own takes the name, and is replaced at once.
    guard let placeholder = try other.create(new) else { return false }
    try? other.close(placeholder)
    guard unsafe renameat(descriptor, old, other.descriptor, new) == 0 else {
      let reason = errno
      other.remove(new)
      throw ExtractionError(errno: reason, path: other.path(of: new))
    }
    return true
  }

  /// Gives a file a name, in the place of what has it.
  func replace(_ name: String, by temporary: String) throws(ExtractionError) {
    guard unsafe renameat(descriptor, temporary, descriptor, name) == 0 else {
      throw ExtractionError(errno: errno, path: path(of: name))
    }
  }

  /// Takes a file out of another directory, as ``rename(_:to:in:)`` does.
  func takeIn(_ old: String, of other: borrowing OutputDirectory, as new: String) throws(ExtractionError) -> Bool {
    try other.rename(old, to: new, in: self)
  }

  /// Whether there is a file, a directory or a link of that name.
  func isTaken(_ name: String) -> Bool {
    unsafe faccessat(descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Removes a file; one that is gone already is no error.
  func remove(_ name: String) {
    unsafe _ = unlinkat(descriptor, name, 0)
  }
}

/// The permissions that the user's mask leaves to files.
package struct FilePermissions: Sendable {
  fileprivate let mode: mode_t

  /// Reads the process's mask, which can only be read by setting it: ask once, before there are other threads that do.
  package init() {
    let mask = umask(0o077)  // what another thread makes meanwhile is private, not open
    umask(mask)
    mode = 0o666 & ~mask
  }
}
