/// What the capture lacks.
enum CaptureGroup {
  static let checks: [any FindingCheck.Type] = [CaptureChecks.self]
}
