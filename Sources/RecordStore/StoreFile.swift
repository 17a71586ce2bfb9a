private import Glibc
internal import Wire

/// The file of a database, looked at before SQLite touches it.
struct StoreFile {
  private let path: String
  private let device: UInt
  private let inode: UInt

  /// Makes the file where there is none, and reads its header where there is one (sqlite.org/fileformat2.html section 1.3).
  ///
  /// To be called while this process has not opened the database: closing a file gives up the process's locks on it.
  init(_ path: String) throws(StoreError) {
    self.path = path
    try Self.demandDescriptors(for: path)
    // The path is a copy that ends with a zero, for the call. Mails are nobody's business: as the other outputs.
    let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard file >= 0 else { throw StoreError(at: path, "cannot be opened to write: \(Self.systemWords())") }
    defer { Glibc.close(file) }
    var status = stat()
    // fstat(2) fills the structure that it is given.
    guard unsafe fstat(file, &status) == 0 else { throw StoreError(at: path, Self.systemWords()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(at: path, "is no file; a database must be one") }
    (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
    guard status.st_size > 0 else { return }
    var header = [UInt8](repeating: 0, count: 100)
    // read(2) fills in as many bytes as it says.
    let count = unsafe header.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw StoreError(at: path, "the file is no SQLite database and is left as it is; name another one")
    }
    guard Self.number(in: header, at: 68) == Schema.applicationID else {
      throw StoreError(at: path, "the database is another program's and is left as it is; name another file")
    }
    let version = Self.number(in: header, at: 60)
    guard version == Schema.version else {
      throw StoreError(
        at: path,
        "the database has the tables of another version of smtpscope (\(version); this one writes \(Schema.version)) and is left as it is; name another file"
      )
    }
  }

  /// Files that are opened with a database: itself, the two beside it, what libdispatch waits with for GRDB's queue, and some to
  /// spare for the capture. Where libdispatch gets none it traps, so they are asked for before anything is made.
  private static let neededDescriptors = 10

  private static func demandDescriptors(for path: String) throws(StoreError) {
    var files: [Int32] = []
    defer { for file in files { Glibc.close(file) } }
    while files.count < neededDescriptors {
      // A constant, for the call; of a directory that may not be read nothing is learnt.
      let file = unsafe open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if file < 0, errno != EMFILE, errno != ENFILE { return }
      guard file >= 0 else {
        throw StoreError(
          at: path,
          "the database needs \(neededDescriptors) more files to be open than now (\(systemWords())); allow more: ulimit -n 256"
        )
      }
      files.append(file)
    }
  }

  /// Whether the name leads to this file, and to no other one.
  var isInPlace: Bool {
    var status = stat()
    // stat(2) fills the structure that it is given.
    return unsafe stat(path, &status) == 0 && UInt(status.st_dev) == device && UInt(status.st_ino) == inode
  }

  private static func number(in header: [UInt8], at offset: Int) -> Int {
    header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func systemWords() -> String {
    // A constant of the C library's, copied at once.
    unsafe String(cString: strerror(errno))
  }
}
