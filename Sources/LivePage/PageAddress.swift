private import Glibc

/// Where the page is served: `9025`, `127.0.0.1:9025`, `[::1]:9025`, `localhost:9025`.
package struct PageAddress: Equatable, Sendable {
  /// An address as text, without brackets.
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// nil where it is no address and port. Names are not looked up: where one listens should not depend on a name server.
  package init?(_ text: String) {
    var host = "127.0.0.1"
    var port = Substring(text)
    if let colon = text.lastIndex(of: ":") {
      port = text[text.index(after: colon)...]
      var name = text[..<colon]
      if name.first == "[", name.last == "]" {
        name = name.dropFirst().dropLast()
        guard name.contains(":") else { return nil }
      } else if name.contains(":") {
        return nil
      }
      if !name.isEmpty, name != "localhost" { host = String(name) }
    }
    guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt16(port) else { return nil }
    self.init(host: host, port: number)
    guard isAddress else { return nil }
  }

  /// Whether only programs on this host can reach it.
  package var isLoopback: Bool { host == "::1" || (host.hasPrefix("127.") && !host.contains(":")) }

  private var isAddress: Bool {
    var v4 = in_addr()
    var v6 = in6_addr()
    // inet_pton(3) reads a string that ends with a zero, and fills the structure of the family.
    return unsafe inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1
  }

  /// As a browser wants it.
  package var url: String { host.contains(":") ? "http://[\(host)]:\(port)/" : "http://\(host):\(port)/" }
}
