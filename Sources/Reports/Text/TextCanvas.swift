import Wire

/// Lines of text of a given width, written from left to right; no line ends with blanks.
struct TextCanvas {
  let style: TextStyle
  private(set) var bytes: [UInt8] = []
  /// Where the next text would stand, from 0.
  private(set) var column = 0
  private var pendingBlanks = 0
  /// The colour that the terminal was left in; a line ends without one.
  private var rendition: String?

  init(style: TextStyle) {
    self.style = style
  }

  /// Writes text where the line stands.
  mutating func put(_ text: String, _ tone: Tone = .plain) {
    guard !text.isEmpty else { return }
    if style.usesColor { use(tone.rendition) }
    for _ in 0..<pendingBlanks { bytes.append(UInt8(ascii: " ")) }
    pendingBlanks = 0
    bytes.append(contentsOf: text.utf8)
    column += VisibleText.displayWidth(of: text)
  }

  private mutating func use(_ rendition: String?) {
    guard rendition != self.rendition else { return }
    if self.rendition != nil { bytes.append(contentsOf: "\u{1b}[0m".utf8) }
    if let rendition { bytes.append(contentsOf: "\u{1b}[\(rendition)m".utf8) }
    self.rendition = rendition
  }

  mutating func put(_ mark: Mark) {
    put(mark.sign(style), mark.tone)
  }

  mutating func blanks(_ count: Int) {
    guard count > 0 else { return }
    pendingBlanks += count
    column += count
  }

  /// Moves on to `column`; stays where the line is beyond it.
  mutating func move(to column: Int) {
    blanks(column - self.column)
  }

  mutating func newline() {
    use(nil)
    bytes.append(UInt8(ascii: "\n"))
    column = 0
    pendingBlanks = 0
  }

  /// Writes text behind `spacing` blanks and breaks it between words where the terminal ends, going on at column
  /// `hanging`; a word longer than a line is broken anywhere.
  mutating func flow(
    _ text: String, _ tone: Tone = .plain, hanging: Int, spacing: Int = 0, isUnbroken: Bool = false
  ) {
    guard let columns = style.columns else {
      blanks(spacing)
      return put(text, tone)
    }
    var gap = spacing
    let words = isUnbroken ? [Substring(text)] : text.split(separator: " ", omittingEmptySubsequences: false)
    for word in words {
      let width = VisibleText.displayWidth(of: String(word))
      if column + gap + width > columns, column > hanging {
        newline()
        move(to: hanging)
      } else {
        blanks(gap)
      }
      putBroken(String(word), tone, hanging: hanging, columns: columns)
      gap = 1
    }
  }

  private mutating func putBroken(_ word: String, _ tone: Tone, hanging: Int, columns: Int) {
    guard column + VisibleText.displayWidth(of: word) > columns else { return put(word, tone) }
    var piece = String.UnicodeScalarView()
    var width = 0
    for scalar in word.unicodeScalars {
      let step = VisibleText.displayWidth(of: scalar.value)
      if column + width + step > columns, !piece.isEmpty {
        put(String(piece), tone)
        newline()
        move(to: hanging)
        piece = String.UnicodeScalarView()
        width = 0
      }
      piece.append(scalar)
      width += step
    }
    put(String(piece), tone)
  }
}
