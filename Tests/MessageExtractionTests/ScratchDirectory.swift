import Glibc

/// A directory of its own for a test, removed with the value.
final class ScratchDirectory {
  let path: String

  init() {
    var template = Array("/tmp/smtpscope-test-XXXXXX".utf8CString)
    // mkdtemp writes within the template, which ends in a NUL.
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
    }
    path = made ?? ""
  }

  deinit {
    guard !path.isEmpty else { return }
    empty("")
    unsafe _ = rmdir(path)
  }

  private func empty(_ folder: String) {
    for name in names(in: folder) {
      let name = folder + "/" + name
      if unsafe unlink(path + name) != 0 {
        empty(name)
        unsafe _ = rmdir(path + name)
      }
    }
  }

  /// All names but `.` and `..`, sorted.
  func names(in folder: String = "") -> [String] {
    guard let stream = unsafe opendir(path + "/" + folder) else { return [] }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    // Where the name begins in an entry. The entry ends behind its name, before the end of the array that it is declared with:
    // as a value it would be read beyond the C library's buffer.
    let start = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe String(cString: (UnsafeRawPointer(entry) + start).assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func contents(of name: String) -> [UInt8] {
    guard let file = unsafe fopen(path + "/" + name, "r") else { return Array("missing".utf8) }
    defer { unsafe _ = fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(file), byte >= 0 { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
  }

  func mode(of name: String) -> mode_t {
    var status = stat()
    return unsafe lstat(path + "/" + name, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  func write(_ text: String, to name: String) {
    guard let file = unsafe fopen(path + "/" + name, "w") else { return }
    unsafe fputs(text, file)
    unsafe fclose(file)
  }

  func link(_ name: String, to target: String) { unsafe _ = symlink(target, path + "/" + name) }
  func makeDirectory(_ name: String, mode: mode_t = 0o700) { unsafe _ = mkdir(path + "/" + name, mode) }
  func remove(_ name: String) { unsafe _ = unlink(path + "/" + name) }
  func rename(_ name: String, to other: String) { unsafe _ = Glibc.rename(path + "/" + name, path + "/" + other) }
}

/// How many descriptors this process has open.
func openDescriptors() -> Int {
  (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
}
