internal import Crypto
internal import HTTPTypes
internal import HummingbirdCore

/// Who may read.
package enum PageAccess: Sendable {
  /// Programs on this host, by the address that is listened on.
  case local
  /// Whoever knows the token, which has as many bytes as it likes.
  case token(String)
  /// Everybody who can reach the address, because somebody said so.
  case everybody

  enum Answer: Equatable {
    case granted
    /// No token, or a wrong one.
    case tokenNeeded
    /// The request was made for another host's name.
    case wrongHost
  }

  func answer(to request: Request) -> Answer {
    switch self {
    case .everybody:
      return .granted
    case .local:
      // A page from elsewhere whose name was made to mean this host (DNS rebinding) would be let in by the browser. Its
      // requests carry that name.
      guard let authority = request.head.authority else { return .granted }
      return PageAccess.isOwnName(authority) ? .granted : .wrongHost
    case .token(let token):
      guard let given = PageAccess.token(in: request) else { return .tokenNeeded }
      // Digests are compared in constant time, whatever the lengths of what was digested.
      let isRight = SHA256.hash(data: Array(given.utf8)) == SHA256.hash(data: Array(token.utf8))
      return isRight ? .granted : .tokenNeeded
    }
  }

  /// `Authorization: Bearer TOKEN` (RFC 6750), else `?token=TOKEN`.
  private static func token(in request: Request) -> String? {
    if let value = request.headers[.authorization] {
      let words = value.split(separator: " ", maxSplits: 1)
      guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
      return String(words[1])
    }
    return request.uri.queryParameters["token"].map(String.init)
  }

  /// Whether a Host header (RFC 9110 section 7.2) names an address, or localhost: no name that others can give.
  private static func isOwnName(_ authority: String) -> Bool {
    if authority.first == "[" { return true }
    let name = authority.prefix { $0 != ":" }
    if name.lowercased() == "localhost" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}
