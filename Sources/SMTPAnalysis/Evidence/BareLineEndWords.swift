internal import Wire

extension Span where Element == UInt8 {
  /// Whether a reply, in small letters, speaks of line ends that are not CRLF.
  var holdsBareLineEnd: Bool {
    let phrases: [StaticString] = [
      "bare <lf>", "bare lf", "bare linefeed", "bare newline", "bare line feed", "smtplf", "bare <cr>", "bare cr",
      "bare carriage", "barelf", "barecr", "stray lf", "stray newline", "line end",
    ]
    return phrases.contains { holds($0) }
  }
}
