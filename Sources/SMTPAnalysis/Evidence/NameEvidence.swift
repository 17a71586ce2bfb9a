internal import HostNames
internal import TCPStreams
internal import Wire

/// What name servers' answers in the capture, and calls of the ident port, show about one session, in the words of a
/// sentence. Nothing is said of what was not answered; an answer that came behind the session's end proves nothing of it.
struct NameEvidence {
  private let known: KnownNames
  private let calls: [IdentCall]
  private let client: IPAddress
  private let server: IPAddress
  private let end: CaptureTime
  /// Whether the client's address is that of the host that speaks, and the one that the server sees: not a proxy's, and
  /// not one that a NAT between them replaces.
  private let isClientItself: Bool

  /// What is wrong with a name.
  struct Flaw: Equatable {
    /// A clause with the frame of the answer.
    var clause: String
    /// The look-up failed: it explains what a server did, and says nothing of the name.
    var isFailure = false
  }

  init(of session: borrowing Session, _ known: KnownNames) {
    self.known = known
    client = session.connection.client.address
    server = session.connection.server.address
    end = session.connection.lastFrame.time
    calls = known.calls.calls(of: client)
    isClientItself = session.proxy == nil && !session.speaksForAnother && (!client.isPrivate || server.isPrivate)
  }

  // MARK: The client

  /// What is wrong with the name that the client's address has.
  var clientFlaw: Flaw? {
    guard isClientItself, let answer = known.names.names(of: client), answer.time <= end else { return nil }
    switch answer.content {
    case .nothing(.noSuchName): return Flaw(clause: "\(client) has no name (PTR: NXDOMAIN, frame \(answer.frame))")
    case .nothing(.noRecords): return Flaw(clause: "\(client) has no name (no PTR record, frame \(answer.frame))")
    case .nothing(.failed(let code)):
      let clause = "the look-up of the name of \(client) failed (\(word(code)), frame \(answer.frame))"
      return Flaw(clause: clause, isFailure: true)
    case .found(let own):
      guard known.names.confirmation(of: client) == .disagrees, let first = own.first else { return nil }
      let what = whereLeads(first) ?? "which does not lead back to it"
      return Flaw(clause: "\(client) is named \(first) (PTR, frame \(answer.frame)), \(what)")
    }
  }

  private func whereLeads(_ name: DomainName) -> String? {
    guard let answer = known.names.addresses(of: name, isIPv6: client.isIPv6) else { return nil }
    switch answer.content {
    case .found(let found): return "which leads to \(list(found)) (frame \(answer.frame))"
    case .nothing(.noSuchName): return "which does not exist (NXDOMAIN, frame \(answer.frame))"
    case .nothing: return "which has no \(family) address (frame \(answer.frame))"
    }
  }

  /// What is wrong with the name that the client gave itself.
  func heloFlaw(_ argument: [UInt8]) -> Flaw? {
    guard let name = DomainName(argument),
      let answer = known.names.addresses(of: name, isIPv6: client.isIPv6), answer.time <= end, name.isHostName
    else { return nil }
    switch answer.content {
    case .nothing(.noSuchName): return Flaw(clause: "\(name) does not exist (NXDOMAIN, frame \(answer.frame))")
    case .nothing(.noRecords): return Flaw(clause: "\(name) has no \(family) address (frame \(answer.frame))")
    case .nothing(.failed(let code)):
      return Flaw(clause: "the look-up of \(name) failed (\(word(code)), frame \(answer.frame))", isFailure: true)
    case .found(let found):
      guard isClientItself, !found.contains(client), answer.isComparable(with: client) else { return nil }
      return Flaw(clause: "\(name) leads to \(list(found)) (frame \(answer.frame)), not to \(client)")
    }
  }

  // MARK: The sender

  /// What is wrong with the domain of a reverse-path: mail could not be returned to it.
  func senderFlaw(_ path: [UInt8]) -> Flaw? {
    guard !known.names.isEmpty else { return nil }
    let path = path.span
    guard let at = path.lastIndex(of: UInt8(ascii: "@")), let domain = DomainName(path.extracting((at + 1)...)),
      domain.isHostName
    else { return nil }
    let exchanges = known.names.mailExchanges(of: domain).flatMap { $0.time <= end ? $0 : nil }
    let addresses = [false, true].map { known.names.addresses(of: domain, isIPv6: $0) }
      .map { answer in answer.flatMap { $0.time <= end ? $0 : nil } }
    if exchanges?.values == [.root], let exchanges {
      return Flaw(clause: "\(domain) says that it takes no mail (null MX, frame \(exchanges.frame))")
    }
    // RFC 5321 section 5.1: a domain without MX records takes its mail at its address.
    if exchanges.map({ !$0.values.isEmpty }) ?? false || addresses.contains(where: { !($0?.values ?? []).isEmpty }) {
      return nil
    }
    let absences = [exchanges?.absence] + addresses.map { $0?.absence }
    let frames = [exchanges?.frame] + addresses.map { $0?.frame }
    if let index = absences.firstIndex(of: .noSuchName), let frame = frames[index] {
      return Flaw(clause: "\(domain) does not exist (NXDOMAIN, frame \(frame))")
    }
    if absences[0] == .noRecords, absences[1] == .noRecords, let mx = frames[0], let address = frames[1] {
      return Flaw(clause: "\(domain) has no MX record (frame \(mx)) and no IPv4 address (frame \(address))")
    }
    for (absence, frame) in zip(absences, frames) {
      guard case .failed(let code)? = absence, let frame else { continue }
      return Flaw(clause: "the look-up of \(domain) failed (\(word(code)), frame \(frame))", isFailure: true)
    }
    return nil
  }

  // MARK: The greeting

  /// What the server, or whoever asks names for it, waited for between these moments.
  func waits(from start: CaptureTime, until greeting: CaptureTime) -> [String] {
    let span = greeting.nanoseconds(since: start)
    guard span > 0 else { return [] }
    return [waitForName(from: start, until: greeting, span), waitForIdent(from: start, until: greeting, span)]
      .compactMap(\.self)
  }

  private func waitForName(from start: CaptureTime, until greeting: CaptureTime, _ span: Int64) -> String? {
    let asked = known.names.questions(forNameOf: client).filter {
      $0.time >= start && $0.time <= greeting && $0.asker != client
    }
    guard let first = asked.first(where: { $0.asker == server }) ?? asked.first else { return nil }
    let questions = asked.filter { $0.asker == first.asker }
    let times = questions.count == 1 ? "once" : questions.count == 2 ? "twice" : "\(questions.count) times"
    let question = "the name of \(client) was asked for \(times) (PTR, from frame \(first.frame) on)"
    let answered = questions.compactMap(\.answered).min()
    if let answered, answered <= greeting {
      let wait = answered.nanoseconds(since: first.time)
      // A quick answer made nobody wait.
      return wait >= span / 2 ? "\(question) and answered after \(spoken(wait))" : nil
    }
    // One question whose answer is not in the capture may have been answered beside it; who asks again was not.
    guard questions.count > 1 || known.names.showsResponses else { return nil }
    return "\(question) and not answered"
  }

  private func waitForIdent(from start: CaptureTime, until greeting: CaptureTime, _ span: Int64) -> String? {
    for call in calls where call.caller == server && call.began >= start && call.began <= greeting {
      let port = "port \(IdentCall.port) (ident) of the client was called"
      if call.isUnanswered {
        let times = call.attempts == 1 ? "once" : call.attempts == 2 ? "twice" : "\(call.attempts) times"
        return "\(port) \(times) (from frame \(call.frame) on) and did not answer"
      }
      let lasted = min(call.last, greeting).nanoseconds(since: call.began)
      if lasted >= span / 2 { return "\(port) (frame \(call.frame)) and kept the server for \(spoken(lasted))" }
    }
    return nil
  }

  // MARK: Words

  private var family: String { client.isIPv6 ? "IPv6" : "IPv4" }

  private func list(_ addresses: [IPAddress]) -> String {
    let shown = addresses.prefix(2).map(\.description).joined(separator: ", ")
    return addresses.count > 2 ? "\(shown) and \(addresses.count - 2) more" : shown
  }

  /// RFC 1035 section 4.1.1, by the names that tools print.
  private func word(_ code: UInt8) -> String {
    code == 2 ? "SERVFAIL" : code == 5 ? "REFUSED" : "code \(code)"
  }
}
