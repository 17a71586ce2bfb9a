package import Reports
package import SMTPAnalysis
internal import Wire

/// `smtpscope report`: what happened as one page that needs nothing but a browser.
///
/// The answer is known when everything has been read, so that all of the page comes with `end`; until then it keeps what the
/// page will hold, within ``HTMLReportLimits``. It wants sessions with their dialogues, in the order of their numbers.
package struct HTMLReport: Report, Sendable {
  private let version: String
  private let limits: HTMLReportLimits
  private var tally: OutcomeTally
  private var timeline: Timeline
  private var kept: KeptSessions

  package init(version: String, limits: HTMLReportLimits = HTMLReportLimits()) {
    self.version = version
    self.limits = limits
    tally = OutcomeTally(style: TextStyle(), limits: TextReportLimits())
    timeline = Timeline(limit: limits.marks)
    kept = KeptSessions(limits: limits)
  }

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    tally.add(session)
    timeline.add(session)
    kept.add(session, context)
  }

  /// Nothing: the captures stand above the answer.
  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    var page = page(summary, captures)
    // What the parts are bounded by leaves room; that the whole is bounded does not hang on it.
    var surplus = page.byteCount - limits.pageBytes
    while surplus > 0 {
      while surplus > 0, let dropped = kept.dropLast() { surplus -= max(dropped, 1) }
      let smaller = self.page(summary, captures)
      guard smaller.byteCount < page.byteCount else { break }
      page = smaller
      surplus = page.byteCount - limits.pageBytes
    }
    for part in page.parts { output.append(part) }
  }

  private struct Page {
    var parts: [String] = []
    var byteCount = 0

    mutating func append(_ part: String) {
      byteCount += part.utf8.count
      parts.append(part)
    }
  }

  private func page(_ summary: AnalysisSummary, _ captures: [CaptureSummary]) -> Page {
    let templates = PageTemplates.embedded
    var page = Page()
    let entries = kept.entries
    let overview = Overview(summary, captures, tally: tally, kept: kept, limits: limits)
    var top = overview.fields
    top["style"] = templates.style
    top["policy"] = templates.policy
    top["timeline"] = timeline.fields(inFull: kept.idsInFull)
    top["rowCount"] = Quantity.count(entries.count, "session")
    top["hasRows"] = !entries.isEmpty
    page.append(templates.render("page-top", top))
    // One or two are read at once; of more somebody chooses.
    let isOpen = entries.count <= 2
    for entry in entries {
      let fields = entry.row.fields(
        isInFull: entry.body != nil, isOpen: isOpen, made: kept.hindsight(of: entry.row.id))
      page.append(templates.render("row", fields))
    }
    page.append(templates.render("page-middle", top))
    for entry in entries {
      guard let body = entry.body else { continue }
      var fields = entry.row.fields(isInFull: true, isOpen: isOpen, made: kept.hindsight(of: entry.row.id))
      fields["body"] = body
      page.append(templates.render("session", fields))
    }
    let bottom: Fields = [
      // Of one session there are no percentiles.
      "servers": summary.sessions > 1 ? ServerPlots(summary.servers, limit: limits.servers).fields() : nil,
      "explained": overview.explained,
      "hasExplained": overview.explained != nil,
      "script": templates.script, "version": version,
    ]
    page.append(templates.render("page-bottom", bottom))
    return page
  }
}
