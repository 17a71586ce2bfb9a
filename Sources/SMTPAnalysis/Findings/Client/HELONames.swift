internal import TCPStreams
internal import Wire

/// The name of HELO and the name of the client's address, compared as servers do that look them up.
///
/// It looks at what was seen outside the session, and therefore when the session has ended.
enum HELONames {
  static func finding(in session: Session, _ evidence: NameEvidence) -> Finding? {
    // Programs of users greet with whatever their host is called, and servers of submission let them.
    guard let hello = session.helo, session.kind == .smtp, !submissionPorts.contains(session.connection.server.port),
      !session.authentications.contains(where: { $0.outcome == .accepted }),
      !session.hasFinding(.heloInvalid)
    else { return nil }
    let flaws = [evidence.heloFlaw(hello.argument), evidence.clientFlaw].compactMap(\.self).filter { !$0.isFailure }
    guard !flaws.isEmpty else { return nil }
    let clauses = flaws.map(\.clause).joined(separator: "; ")
    return Finding(
      .heloInvalid, at: hello.moment.map { ($0.frame, $0.time) },
      message:
        "The client \(session.connection.client.address) says \(hello.verb) \(visible(hello.argument)), but \(clauses).",
      evidence: Array(hello.verb.utf8) + [0x20] + hello.argument)
  }

  private static let submissionPorts: Set<UInt16> = [465, 587]
}
