internal import TLSHandshake

/// Counts by the words of an enum, which bound them.
struct Tally<Key: Hashable & RawRepresentable & Sendable>: Sendable where Key.RawValue == String {
  private var counts: [Key: Int] = [:]

  /// Those that are told from the beginning on, at 0: a rate needs a first value to rise from.
  init(_ known: [Key]) {
    for key in known { counts[key] = 0 }
  }

  subscript(key: Key) -> Int { counts[key] ?? 0 }

  mutating func add(_ key: Key, _ more: Int = 1) {
    counts[key, default: 0] += more
  }

  /// By the alphabet.
  var entries: [(word: String, count: Int)] {
    counts.map { (word: $0.key.rawValue, count: $0.value) }.sorted { $0.word < $1.word }
  }
}

/// The classes of SMTP's reply codes (RFC 5321 section 4.2.1).
package enum CodeClass: String, CaseIterable, Sendable {
  case success = "2xx"
  case intermediate = "3xx"
  case temporaryFailure = "4xx"
  case permanentFailure = "5xx"
  case other
  /// No reply came.
  case none

  package init(_ code: Int?) {
    switch code {
    case .some(200...299): self = .success
    case .some(300...399): self = .intermediate
    case .some(400...499): self = .temporaryFailure
    case .some(500...599): self = .permanentFailure
    case .some: self = .other
    case nil: self = .none
    }
  }
}

/// The versions of TLS that are told apart: a server may write any number there.
enum TLSVersion: String, CaseIterable {
  case ssl3 = "SSL 3.0"
  case tls10 = "TLS 1.0"
  case tls11 = "TLS 1.1"
  case tls12 = "TLS 1.2"
  case tls13 = "TLS 1.3"
  case other
  /// No server's hello was seen.
  case unknown

  init(_ version: ProtocolVersion?) {
    switch version {
    case .some(.ssl3): self = .ssl3
    case .some(.tls10): self = .tls10
    case .some(.tls11): self = .tls11
    case .some(.tls12): self = .tls12
    case .some(.tls13): self = .tls13
    case .some: self = .other
    case nil: self = .unknown
    }
  }
}
