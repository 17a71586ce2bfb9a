/// What the messages were.
enum MessageGroup {
  static let checks: [any FindingCheck.Type] = [MessageChecks.self]
}
