import Testing
import Wire

@Suite struct EnhancedStatusTests {
  @Test(arguments: ["2.0.0", "4.7.1", "5.1.10", "5.7.509", "4.123.456", "5.01.1"])
  func `a code is kept as it was written`(text: String) {
    let status = EnhancedStatus(text)
    #expect(status.map { "\($0)" } == text)
    #expect(status?.count == text.utf8.count)
    #expect(status?.octets == Array(text.utf8))
  }

  @Test(arguments: [
    ("5.1.10", 5, 1, 10), ("4.123.456", 4, 123, 456), ("2.0.0", 2, 0, 0), ("5.01.1", 5, 1, 1),
  ])
  func `its three numbers are RFC 3463's class, subject and detail`(text: String, of: Int, about: Int, says: Int) {
    let status = EnhancedStatus(text)
    #expect(status?.class == of)
    #expect(status?.subject == about)
    #expect(status?.detail == says)
  }

  @Test(arguments: [
    "", "5", "5.1", "5.1.", "5..1", "5.1.1.", "5.1.1.1", "1.1.1", "3.1.1", "55.1.1", "5.1234.1", "5.1.1234", "5.1.x",
    " 5.1.1", "5.1.1 ", "5,1,1", "5.1111", "5.1.1111111", "5.é.1",
  ])
  func `what is no code is none`(text: String) {
    #expect(EnhancedStatus(text) == nil)
  }

  @Test(arguments: [
    ("5.1.1 User unknown", "5.1.1"), ("2.1.5\tOk", "2.1.5"), ("4.2.2", "4.2.2"), ("5.7.509 no", "5.7.509"),
    ("4.123.456 x", "4.123.456"), ("5.1.1: no", nil), ("<5.1.1> no", nil), ("5.1.1234 no", nil), ("5.1 no", nil),
    ("5.1.1.1 no", nil), ("10.0.0.1 is listed", nil), ("4.123.4567 x", nil), ("", nil),
  ])
  func `a line begins with one where a blank or nothing stands behind it`(line: String, code: String?) {
    let octets = Array(line.utf8)
    #expect(EnhancedStatus(atHeadOf: octets.span).map { "\($0)" } == code)
  }

  @Test func `what differs in a digit is another code`() {
    #expect(EnhancedStatus("5.1.1") == EnhancedStatus("5.1.1"))
    #expect(Set(["5.1.1", "4.1.1", "5.1.10", "5.11.0", "5.1.11"].map(EnhancedStatus.init)).count == 5)
  }
}
