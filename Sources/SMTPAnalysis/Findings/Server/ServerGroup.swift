/// What the server says out of turn, out of form or late.
enum ServerGroup {
  static let checks: [any FindingCheck.Type] = [ServerDialogueChecks.self]
}
