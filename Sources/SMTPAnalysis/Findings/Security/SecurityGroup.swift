/// Authentication and TLS.
enum SecurityGroup {
  static let checks: [any FindingCheck.Type] = [TLSChecks.self]
}
