/// The bounds of the page: people send it to each other, and a browser has to open it. Whoever is on the wire decides how
/// many sessions there are, and how long each line of them.
package struct HTMLReportLimits: Sendable {
  /// Bytes of the page, whatever is in it.
  package var pageBytes = 10_000_000
  /// Bytes of the sessions in full that failed, and of the others.
  package var failureBytes = 4_800_000
  package var otherBytes = 2_200_000
  /// Of the former, so many are kept for causes that were met fewer times than the next says: the fiftieth thousand of
  /// one failure must not push out the only one of another.
  package var reservedBytes = 800_000
  package var examplesOfCause = 10
  /// Sessions that failed and have a line in the table, and the bytes of these lines.
  package var failures = 5000
  package var rowBytes = 1_500_000
  /// Sessions of the rest that are shown, drawn by chance where there are more.
  package var others = 500
  /// Up to so many sessions of one outcome, each has a mark of its own in the timeline.
  package var marks = 400
  /// Servers whose times are shown.
  package var servers = 20
  /// Inputs that get a line of their own.
  package var captures = 4
  /// Bytes of one session in full: a session may carry ten thousand mails.
  package var sessionBytes = 250_000
  package var session = SessionLimits()

  package init() {}

  /// How much is shown of one session.
  package struct SessionLimits: Sendable {
    /// Rows of the ladder, of which so many are its last.
    package var steps = 400
    package var lastSteps = 120
    /// Bytes of a text from the wire.
    package var textBytes = 1200
    package var mails = 20
    package var recipients = 50
    package var findings = 40
    package var attachments = 20
    package var phases = 40

    package init() {}

    /// The same for a session that turned out to be too large for the page.
    var narrower: SessionLimits {
      var limits = self
      limits.steps = max(steps / 5, 12)
      limits.lastSteps = limits.steps / 3
      limits.textBytes = max(textBytes / 4, 80)
      limits.mails = max(mails / 4, 2)
      limits.recipients = max(recipients / 5, 4)
      limits.findings = max(findings / 4, 4)
      limits.attachments = max(attachments / 4, 2)
      limits.phases = max(phases / 3, 8)
      return limits
    }
  }
}
