import Wire

/// What the place that a text report is shown on can do.
package struct TextStyle: Sendable {
  /// The width of the terminal; nil where it is none, and nothing is wrapped or cut.
  package var columns: Int?
  /// Colours by ANSI escapes. Without them nothing is lost.
  package var usesColor: Bool
  /// Whether UTF-8 can be shown; ASCII stands in for every sign otherwise, and all other text is escaped.
  package var usesUnicode: Bool

  package init(columns: Int? = nil, usesColor: Bool = false, usesUnicode: Bool = true) {
    self.columns = columns.map { max($0, Self.narrowest) }
    self.usesColor = usesColor
    self.usesUnicode = usesUnicode
  }

  /// Narrower terminals are treated like this one: a line must hold more than its indent.
  private static let narrowest = 32

  var arrow: String { usesUnicode ? "→" : "->" }
  var dash: String { usesUnicode ? "–" : "-" }
  var dot: String { usesUnicode ? "·" : "|" }
  var ellipsis: String { usesUnicode ? "…" : "..." }

  /// Text from the network, fit to be shown here.
  package func visible(_ bytes: [UInt8]) -> String {
    visible(bytes.span)
  }

  /// Text that was decoded from the network.
  package func visible(_ text: String) -> String {
    visible(text.utf8.span)
  }

  /// A sentence of the analysis: what it quotes is escaped already, and stays so.
  package func sentence(_ text: String) -> String {
    var visible: [UInt8] = []
    VisibleText.append(text.utf8.span, to: &visible, doublesBackslash: false, keepsUnicode: usesUnicode)
    return String(decoding: visible, as: UTF8.self)
  }

  private func visible(_ bytes: Span<UInt8>) -> String {
    var visible: [UInt8] = []
    VisibleText.append(bytes, to: &visible, keepsUnicode: usesUnicode)
    return String(decoding: visible, as: UTF8.self)
  }
}

extension TextStyle {
  /// Whether texts that are wrapped there break between their words: else they go on further left.
  func columns(behind column: Int, hold texts: some Sequence<String>) -> Bool {
    guard let columns else { return true }
    return texts.allSatisfy { text in
      text.split(separator: " ").allSatisfy { VisibleText.displayWidth(of: String($0)) <= columns - column }
    }
  }
}

/// How a piece of text is meant; colour says it once more than the words do.
package enum Tone {
  case plain
  case strong
  case faint
  case good
  case caution
  case bad

  /// The parameters of the ANSI "select graphic rendition" sequence.
  var rendition: String? {
    switch self {
    case .plain: nil
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .caution: "33"
    case .bad: "31"
    }
  }
}

/// The sign in front of a line: how it went.
package enum Mark: Sendable {
  case good
  case partial
  case caution
  case bad
  case unclear
  /// Worth knowing, neither good nor bad.
  case remark

  package func sign(_ style: TextStyle) -> String {
    switch self {
    case .good: style.usesUnicode ? "✓" : "+"
    case .partial: style.usesUnicode ? "◐" : "~"
    case .caution: "!"
    case .bad: style.usesUnicode ? "✗" : "x"
    case .unclear: "?"
    case .remark: style.usesUnicode ? "·" : "-"
    }
  }

  var tone: Tone {
    switch self {
    case .good: .good
    case .partial, .caution: .caution
    case .bad: .bad
    case .unclear, .remark: .faint
    }
  }
}
