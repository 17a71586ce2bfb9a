internal import Reports
internal import SMTPAnalysis

/// How an outcome looks: a shape and a colour, each of which says it alone.
struct OutcomeLook {
  /// The symbol of the page that draws the shape.
  let symbol: String
  /// The class that colours it.
  let tone: String
  let words: String

  init(_ outcome: Verdict.Outcome, words: String? = nil) {
    self.words = words ?? outcome.words
    (symbol, tone) =
      switch outcome {
      case .delivered: ("o-delivered", "ok")
      case .partial: ("o-partial", "later")
      case .deferred: ("o-deferred", "later")
      case .refused: ("o-refused", "bad")
      case .failed: ("o-failed", "bad")
      case .nothingSent: ("o-nothing", "calm")
      case .unknown: ("o-unknown", "calm")
      }
  }

  init(_ outcome: Transaction.Outcome) {
    words = outcome.words
    (symbol, tone) =
      switch outcome {
      case .accepted: ("o-delivered", "ok")
      case .partiallyAccepted: ("o-partial", "later")
      case .refused: ("o-refused", "bad")
      case .deferred: ("o-deferred", "later")
      case .lost: ("o-failed", "bad")
      case .aborted: ("o-unknown", "later")
      case .unknown: ("o-unknown", "calm")
      }
  }

  init(_ outcome: Recipient.Outcome) {
    words = outcome.words
    (symbol, tone) =
      switch outcome {
      case .accepted: ("o-delivered", "ok")
      case .refused: ("o-refused", "bad")
      case .deferred: ("o-deferred", "later")
      case .unanswered: ("o-unknown", "calm")
      }
  }

  init(_ mark: Mark) {
    words = ""
    (symbol, tone) =
      switch mark {
      case .good: ("o-delivered", "ok")
      case .partial: ("o-partial", "later")
      case .caution: ("o-deferred", "later")
      case .bad: ("o-failed", "bad")
      case .unclear: ("o-unknown", "calm")
      case .remark: ("o-nothing", "calm")
      }
  }

  var fields: Fields { ["symbol": symbol, "tone": tone, "words": words] }
}

extension Severity {
  /// The class that colours a finding.
  var tone: String {
    switch self {
    case .error: "bad"
    case .warning: "later"
    case .info: "calm"
    }
  }

  var symbol: String {
    switch self {
    case .error: "o-failed"
    case .warning: "o-deferred"
    case .info: "o-nothing"
    }
  }

  /// As a reader is told.
  var words: String { self == .info ? "remark" : rawValue }
}
