/// A check: looks at a session that has ended and says what it sees of one finding (or of a few that exclude each other).
///
/// It reads the evidence and nothing else, so that a test can provoke it with a few lines of dialogue. It comes in a file
/// with the finding's catalogue entry; its group lists it.
protocol FindingCheck: SendableMetatype {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector)
}
