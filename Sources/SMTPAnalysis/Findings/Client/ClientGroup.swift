/// What the client says out of turn or out of form.
enum ClientGroup {
  static let checks: [any FindingCheck.Type] = [ClientDialogueChecks.self]
}
