import SMTPDialogue
import Testing
import Wire

/// A dialogue whose TLS somebody opens: what is said inside goes another way than the records.
private struct Inside {
  var dialogue: Dialogue
  var sink = RecordingSink()
  private var frame = 0

  init(sawOpening: Bool = true) {
    dialogue = Dialogue(sawOpening: sawOpening)
  }

  private mutating func next() -> Moment {
    frame += 1
    return Moment(time: CaptureTime(nanoseconds: Int64(frame)), frame: frame)
  }

  mutating func outside(_ peer: Peer, _ text: String) {
    dialogue.receive(Array(text.utf8).span, from: peer, at: next(), into: &sink)
  }

  mutating func begin(sawOpening: Bool = true) {
    dialogue.beginInside(sawOpening: sawOpening, into: &sink)
  }

  mutating func inside(_ peer: Peer, _ text: String) {
    dialogue.receiveInside(Array(text.utf8).span, from: peer, at: next(), into: &sink)
  }

  mutating func missing(_ peer: Peer, _ count: Int) {
    dialogue.missingInside(count, from: peer, at: next(), into: &sink)
  }

  mutating func end() -> [String] {
    dialogue.end(at: next(), into: &sink)
    return sink.events
  }
}

private let hello = "\u{16}\u{3}\u{1}\u{0}\u{2}ab"

@Test func `behind STARTTLS the dialogue begins anew without a greeting`() {
  var it = Inside()
  it.outside(.server, "220 mx\r\n")
  it.outside(.client, "EHLO c\r\n")
  it.outside(.server, "250 mx\r\n")
  it.outside(.client, "STARTTLS\r\n")
  it.outside(.server, "220 go\r\n")
  it.outside(.client, hello)
  it.outside(.server, hello)
  it.begin()
  it.inside(.client, "EHLO c\r\n")
  it.inside(.server, "250 mx\r\n")
  it.outside(.client, hello)
  it.inside(.client, "MAIL FROM:<a@b>\r\n")
  it.inside(.server, "250 ok\r\n")
  #expect(
    it.end() == [
      "greeting | 220", "EHLO c | 250", "STARTTLS | 220", "encrypted from client", "encrypted from server",
      "EHLO c | 250",
      "encrypted from client", "MAIL FROM:<a@b> | 250",
    ])
}

@Test func `where TLS began at once the greeting comes inside`() {
  var it = Inside()
  it.outside(.client, hello)
  it.outside(.server, hello)
  it.begin()
  it.inside(.server, "220 mx\r\n")
  it.inside(.client, "QUIT\r\n")
  it.inside(.server, "221 bye\r\n")
  #expect(it.end() == ["encrypted from client", "encrypted from server", "greeting | 220", "QUIT | 221"])
}

@Test func `where the beginning inside was not seen no greeting is due and words are not commands yet`() {
  var it = Inside()
  it.outside(.client, hello)
  it.outside(.server, hello)
  it.begin(sawOpening: false)
  it.inside(.client, "some words\r\nNOOP and more\r\nQUIT\r\n")
  it.inside(.server, "221 bye\r\n")
  #expect(it.end() == ["encrypted from client", "encrypted from server", "QUIT | 221"])
}

@Test func `messages go on being numbered inside, and holes inside are holes`() {
  var it = Inside()
  it.outside(.server, "220 mx\r\n")
  it.outside(.client, "DATA\r\n")
  it.outside(.server, "354 go\r\n")
  it.outside(.client, ".\r\n")
  it.outside(.server, "250 ok\r\n")
  it.begin()
  it.inside(.client, "DATA\r\n")
  it.inside(.server, "354 go\r\n")
  it.inside(.client, "one\r\n")
  it.missing(.client, 7)
  it.inside(.client, "two\r\n.\r\n")
  it.inside(.server, "250 ok\r\n")
  it.inside(.client, "NOOP\r\n")
  it.missing(.server, 9)
  #expect(
    it.end() == [
      "greeting | 220", "DATA | 354", "message 1 sent", "end of data 1 | 250", "DATA | 354", "hole of 7 in 2",
      "message 2 sent",
      "end of data 2 | 250", "gap of 9 from server", "NOOP | -",
    ])
  #expect(it.sink.text(of: 2) == "one\r\ntwo\r\n")
}

@Test func `what waited outside is not answered inside`() {
  var it = Inside()
  it.outside(.server, "220 mx\r\n")
  it.outside(.client, "NOOP\r\nRSET\r\n")
  it.begin()
  it.inside(.client, "EHLO c\r\n")
  it.inside(.server, "250 mx\r\n")
  #expect(it.end() == ["greeting | 220", "NOOP | -", "RSET | -", "EHLO c | 250"])
}
