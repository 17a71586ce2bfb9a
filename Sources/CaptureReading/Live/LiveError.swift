import Wire

/// Why an interface cannot be captured from.
public enum LiveError: Error, Equatable, Sendable {
  /// There is none of that name; the names that there are.
  case noSuchInterface(String, known: [String])
  case notPermitted(String)
  /// It is there, and down.
  case isDown(String)
  /// The filter's text and libpcap's words.
  case badFilter(String, String)
  /// The interface and libpcap's words.
  case refused(String, String)
}

extension LiveError: CustomStringConvertible {
  /// One line, fit for a terminal.
  public var description: String {
    switch self {
    case .noSuchInterface(let name, let known):
      let names = known.isEmpty ? "" : " There are: \(known.map { String(visible: $0) }.joined(separator: ", "))."
      return "\(String(visible: name)): no such interface.\(names)"
    case .notPermitted(let name):
      return "\(String(visible: name)): capturing needs CAP_NET_RAW."
    case .isDown(let name):
      return "\(String(visible: name)): is down. Bring it up: ip link set \(String(visible: name)) up"
    case .badFilter(let filter, let words):
      return "the filter \"\(String(visible: filter))\" is wrong: \(String(visible: words))"
    case .refused(let name, let words):
      return "\(String(visible: name)): cannot be captured from: \(String(visible: words))."
    }
  }
}
