private import Glibc

/// Why a message could not be written.
package struct ExtractionError: Error, Equatable, Sendable {
  /// What stood in the way.
  package enum Reason: Equatable, Sendable {
    case diskFull
    case quotaReached
    case fileTooLarge
    case notPermitted
    case readOnly
    case notADirectory
    case nameTooLong
    case tooManyOpenFiles
    /// The temporary file was replaced or removed by somebody else.
    case disturbed
    /// No free name was found.
    case noFreeName
    /// A file of that name is there, or no file system at all should have one of that name; the other one is free.
    case nameNotFree(other: String)
    /// The name was free when the file was begun; it got the other one.
    case nameTaken(insteadIs: String)
    /// The caller named a message that it had not begun, or one that failed and is gone.
    case notBegun(Int)
    /// The caller began a message twice.
    case begunTwice(Int)
    /// Any other error of the system, by its number.
    case system(Int32)
  }

  package var reason: Reason
  /// The directory or file it happened to.
  package var path: String

  /// Whether less on the disk would help.
  package var isShortage: Bool {
    switch reason {
    case .diskFull, .quotaReached: true
    default: false
    }
  }

  /// An error of the parts given.
  package init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  /// The error that a call of the system left as `number` in errno.
  package init(errno number: Int32, path: String) {
    self.path = path
    reason =
      switch number {
      case ENOSPC: .diskFull
      case EDQUOT: .quotaReached
      case EFBIG: .fileTooLarge
      case EACCES, EPERM: .notPermitted
      case EROFS: .readOnly
      case ENOTDIR, EEXIST: .notADirectory
      case ENAMETOOLONG: .nameTooLong
      case EMFILE, ENFILE: .tooManyOpenFiles
      default: .system(number)
      }
  }
}

extension ExtractionError: CustomStringConvertible {
  /// One sentence with the path, what happened and, where there is something, what to do.
  package var description: String {
    let cause =
      switch reason {
      case .diskFull: "the disk is full; free some space or choose another directory"
      case .quotaReached: "the disk quota is reached; free some space or choose another directory"
      case .fileTooLarge: "the file would be larger than this process may write (see ulimit -f)"
      case .notPermitted: "permission denied; choose a directory that you may write to"
      case .readOnly: "its file system is read-only; choose another directory"
      case .notADirectory: "it, or a part of its path, is not a directory; choose another name"
      case .nameTooLong: "the path is too long for its file system; choose a shorter directory name"
      case .tooManyOpenFiles: "too many files are open; raise the limit (see ulimit -n)"
      case .disturbed: "another program removed or replaced the unfinished file"
      case .noFreeName: "every name tried for the message is taken; choose an empty directory"
      case .nameNotFree(let other):
        "a file of that name is there, or the name is not fit for every file system; \(other) is free"
      case .nameTaken(let other):
        "another program took the name meanwhile; the file is called \(other), not as the index says"
      case .notBegun(let key): "message \(key) is not open"
      case .begunTwice(let key): "message \(key) is already open"
      case .system(let number): unsafe String(cString: strerror(number))  // a string that strerror keeps, copied here
      }
    return "cannot write to \(path): \(cause)"
  }
}
