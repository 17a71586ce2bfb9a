internal import DKIM
private import Glibc
internal import Wire

extension KeyFile {
  /// Bytes of a file of keys: one of a thousand keys takes a few hundred thousand. Against a path that never ends.
  private static let mostBytes = 64 << 20

  /// Reads a file of keys (`--dkim-keys`).
  init(path: String) throws(Failure) {
    let name = String(visible: path)
    let bytes = try Self.bytes(of: path, name)
    do throws(Fault) {
      try self.init(bytes)
    } catch {
      throw Failure(status: .usage, message: "\(name): line \(error.line): \(error.reason.rawValue).")
    }
  }

  private static func bytes(of path: String, _ name: String) throws(Failure) -> [UInt8] {
    // The path is a copy that ends with a zero, for the call; what strerror(3) gives is copied at once.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(name) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // read(2) fills at most `count` bytes of the buffer during the call.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(name) }
      bytes += chunk.prefix(count)
      guard bytes.count <= mostBytes else {
        throw Failure(status: .usage, message: "\(name): too long for a list of keys.")
      }
    }
  }

  private static func failure(_ name: String) -> Failure {
    Failure(status: .usage, message: "\(name): \(unsafe String(cString: strerror(errno))).")
  }
}
