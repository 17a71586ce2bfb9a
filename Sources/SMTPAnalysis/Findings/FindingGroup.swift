/// The parts of the catalogue, in the order in which it is listed.
public enum FindingGroup: String, CaseIterable, Sendable {
  case delivery = "What became of the mail"
  case client = "The dialogue, client side"
  case server = "The dialogue, server side"
  case path = "TLS and the path"
  case message = "The message"
  case capture = "The capture"

  /// Its findings, in the catalogue's order: those from its first one to the next part's.
  public var findings: [FindingID] {
    let all = FindingID.allCases
    let next = Self.allCases.drop { $0 != self }.dropFirst().first
    return Array(all.drop { $0 != first }.prefix { $0 != next?.first })
  }

  private var first: FindingID {
    switch self {
    case .delivery: .connectionRefused
    case .client: .earlyTalker
    case .server: .greetingDelayed
    case .path: .starttlsNotOffered
    case .message: .headerMissing
    case .capture: .captureGap
    }
  }
}
