internal import SMTPDialogue
internal import Wire

/// Lines of clear text as evidence may show them: a SASL initial response and whatever looks like a response are masked.
///
/// - Parameter bytes: Text of the client that was not read as commands, with its line ends.
func masked(_ bytes: Span<UInt8>, options: AnalysisOptions) -> [UInt8] {
  guard !options.revealsSecrets else { return Array(bytes) }
  var result: [UInt8] = []
  var offset = 0
  while offset < bytes.count {
    let feed = bytes.firstIndex(of: 0x0a, from: offset)
    var end = feed ?? bytes.count
    while end > offset, bytes[end - 1] == 0x0d { end -= 1 }
    let line = Array(bytes.extracting(offset..<end))
    let command = Command(line: line, moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 0))
    let secret = command.secretStart ?? (command.verb == .unknown && Base64.mayHold(line) ? 0 : line.count)
    result += line[..<secret]
    if secret < line.count { result += Array("********".utf8) }
    let next = feed.map { $0 + 1 } ?? bytes.count
    if end < next { result.append(bytes.extracting(end..<next)) }
    offset = next
  }
  return result
}
