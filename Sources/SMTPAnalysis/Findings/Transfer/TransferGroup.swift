/// How the connection began, carried the mail, and ended.
enum TransferGroup {
  static let checks: [any FindingCheck.Type] = [ConnectionChecks.self]
}
