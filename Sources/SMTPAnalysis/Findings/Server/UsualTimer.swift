internal import SMTPDialogue

/// The round numbers of seconds that waits cluster at, because a timer ran out and not because work was done.
enum UsualTimer: Int64, CaseIterable {
  case five = 5
  case ten = 10
  case fifteen = 15
  case twenty = 20
  case thirty = 30

  /// The timer that a wait is: hardly too early, and late by what a busy machine adds.
  init?(_ wait: Int64) {
    let timer = Self.allCases.first { timer in
      let distance = wait - timer.rawValue * 1_000_000_000
      return (-50_000_000...250_000_000).contains(distance)
    }
    guard let timer else { return nil }
    self = timer
  }

  /// What it usually is at this step.
  func words(for step: Exchange.Step) -> String {
    switch step {
    case .greeting:
      "\(rawValue) s are usually a pause on purpose (greet pause, tarpit), or \(lookUp), or ident (port 113)"
    case .command(.rcpt), .command(.mail): "\(rawValue) s are usually \(callout) or \(lookUp), or a tarpit"
    case .endOfData, .chunk: "\(rawValue) s are usually a content filter's timer, or \(lookUp)"
    case .command, .unseen: "\(rawValue) s are usually a pause on purpose (tarpit), or \(lookUp)"
    }
  }

  /// A resolver asks each name server for 5 s, and all of them twice (resolv.conf(5)).
  private var lookUp: String {
    switch self {
    case .five: "a name server that did not answer the first query"
    case .ten: "two queries that no name server answered"
    case .fifteen: "three queries that no name server answered"
    case .twenty: "two name servers that did not answer, asked twice each"
    case .thirty: "three name servers that did not answer, asked twice each"
    }
  }

  private var callout: String {
    self == .thirty ? "a callout that ran into its timeout," : "a policy service or callout,"
  }
}
