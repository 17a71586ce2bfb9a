private import Glibc

/// What a service manager is told of a live run: systemd's notification protocol (sd_notify(3)), a datagram of `NAME=value`
/// lines to the socket that `NOTIFY_SOCKET` names. Nothing where there is none.
struct ServiceManager {
  private let path: [UInt8]
  /// How often a sign of life is due, in nanoseconds; nil where none is asked for.
  let watchdogInterval: Int64?

  init() {
    path = Array((Terminal.variable("NOTIFY_SOCKET") ?? "").utf8)
    let owner = Terminal.variable("WATCHDOG_PID").flatMap { Int32($0) }
    let microseconds = Terminal.variable("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
    // Twice within the time, as systemd advises.
    watchdogInterval = (owner ?? getpid()) == getpid() && microseconds > 0 ? microseconds * 500 : nil
  }

  enum State: String {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
    case alive = "WATCHDOG=1"
  }

  func tell(_ state: State) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    // A path, or a name in the abstract namespace, which begins with a zero for which "@" is written.
    guard let first = path.first, path.count < room, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else {
      return
    }
    // The path has room for it, as was just looked at.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      for (index, byte) in path.enumerated() { unsafe target[index] = byte }
      if first == UInt8(ascii: "@") { unsafe target[0] = 0 }
    }
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + path.count } ?? 0
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let message = Array(state.rawValue.utf8)
    // sendto(2) reads the message and `length` bytes of the address.
    _ = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(socket, message, message.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
      }
    }
  }
}
