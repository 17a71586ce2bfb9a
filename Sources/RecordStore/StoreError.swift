internal import GRDB
internal import Wire

/// Why a database cannot be written: what, where, and what can be done.
package struct StoreError: Error {
  package enum Kind: Sendable {
    /// Another program writes it, or holds it otherwise.
    case locked
    case full
    /// A row that the schema does not take: no other attempt will do better.
    case row
    case other
  }

  package var kind: Kind
  /// Begins with the file's name, and ends without a full stop.
  package var description: String

  init(_ kind: Kind = .other, at path: String, _ reason: String) {
    self.kind = kind
    description = "\(String(visible: path)): \(reason)"
  }

  /// It could not be opened anew.
  package static func notOpen(_ path: String) -> StoreError { StoreError(at: path, "the database is not open") }

  init(_ error: any Error, at path: String) {
    guard let error = error as? DatabaseError else {
      self = (error as? StoreError) ?? StoreError(at: path, "\(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.locked, at: path, "another program has locked the database; end what writes to it")
    case .SQLITE_FULL:
      self.init(.full, at: path, "there is no space left for the database; free some, or name a file on another disk")
    case .SQLITE_CANTOPEN:
      self.init(
        at: path,
        "the database cannot be opened to write; its directory must be writable too, for the files with -wal and -shm")
    case .SQLITE_READONLY:
      self.init(at: path, "the database cannot be written: \(error.message ?? "it is read-only")")
    case .SQLITE_NOTADB:
      self.init(at: path, "the file is no SQLite database and is left as it is; name another one")
    case .SQLITE_CORRUPT:
      self.init(
        at: path, "the database is damaged (\(error.message ?? "")); move it away, or try sqlite3's .recover on it")
    case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
      self.init(.row, at: path, "the database does not take a row: \(error.message ?? "")")
    default:
      self.init(at: path, "the database cannot be written: \(error.message ?? "SQLite's error \(error.resultCode)")")
    }
  }
}
