import Glibc

/// A TCP connection to a server on this host, used as whoever wants to do harm would.
final class Connection {
  private let descriptor: Int32

  struct Failure: Error {
    var reason: String
  }

  /// - Parameter room: How many bytes may wait here to be read; nil for as many as the system finds good, which are megabytes.
  init(port: UInt16, room: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var room {
      // It reads the number during the call.
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure(reason: "connect: \(errno)") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// What comes until `isEnough` says so, the other side closes, or nothing came for so long.
  func read(seconds: Int = 60, until isEnough: (String) -> Bool = { _ in false }) -> (text: String, isClosed: Bool) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count == 0 || (count < 0 && errno != EAGAIN) { return (String(decoding: all, as: UTF8.self), true) }
      guard count > 0 else { return (String(decoding: all, as: UTF8.self), false) }
      all += buffer[..<count]
      let text = String(decoding: all, as: UTF8.self)
      if isEnough(text) { return (text, false) }
    }
  }

  /// One request and its answer on a connection of its own.
  static func get(_ path: String, port: UInt16, method: String = "GET", headers: [String] = []) throws -> Answer {
    let connection = try Connection(port: port)
    let fields = (headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]) + headers
    connection.send(
      "\(method) \(path) HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "Connection: close\r\n\r\n")
    // The server closes behind its answer, however late a busy machine lets it come.
    return try Answer(connection.read(seconds: 120).text)
  }
}

/// An answer of HTTP/1.1.
struct Answer {
  var status: Int
  /// By their names in lower case.
  var headers: [String: String] = [:]
  var body: String

  init(_ text: String) throws {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let lines = parts[0].split(separator: "\r\n")
    guard parts.count == 2, let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else {
      throw Connection.Failure(reason: "no answer: \(text.prefix(200))")
    }
    self.status = status
    body = String(parts[1])
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
  }
}
