/// What the server refused, and why.
enum RefusalGroup {
  static let checks: [any FindingCheck.Type] = [RefusalChecks.self]
}
