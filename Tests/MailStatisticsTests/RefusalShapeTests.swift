import MailStatistics
import TestSupport
import Testing

@Suite struct RefusalShapeTests {
  @Test(arguments: [
    ("<bob@harbour.example>: Recipient address rejected: Greylisted", "<*>: Recipient address rejected: Greylisted"),
    ("User doesn't exist: nosuch@harbour.example", "User doesn't exist: *"),
    ("Client host [192.0.2.77] blocked using zen.example.org", "Client host [*] blocked using zen.example.org"),
    ("Client host [2001:db8::25] blocked", "Client host [*] blocked"),
    ("unknown[192.0.2.7]: Connection refused, ip=192.0.2.7", "unknown[*]: Connection refused, ip=*"),
    ("message blocked (id 4B08B1EA89)", "message blocked (id *)"),
    ("delayed, 1rABcd-0001Ab-2C.", "delayed, *."),
    ("See https://www.example.org/query/ip/192.0.2.1?a=b", "See https://www.example.org*"),
    ("See https://www.example.org", "See https://www.example.org"),
    ("try again in 300 seconds", "try again in * seconds"),
    ("said: 550 5.1.1 no such user", "said: * 5.1.1 no such user"),
    ("no IPv4 route", "no IPv4 route"),
    ("1.2.3.4 5.7.1 9.7.1 5.7.1234", "* 5.7.1 * *"),
    ("a  b   c", "a b c"),
    ("<unclosed", "<unclosed"),
    ("", ""),
    ("...", "..."),
  ])
  func `what differs from mail to mail is masked`(text: String, shape: String) {
    let found = RefusalShape.shape(of: Array(text.utf8))
    #expect(String(decoding: found, as: UTF8.self) == shape)
  }

  @Test func `only so many bytes are looked at`() {
    #expect(RefusalShape.shape(of: Array(repeating: 0x61, count: 100), limit: 10).count == 10)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `any bytes have a shape that is no longer than twice the text`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let signs = Array("<>@.:/=[]( 05aé\"-".utf8) + [0, 0xff]
    let text = (0..<200).map { _ in signs[Int(random.next() % UInt64(signs.count))] }
    let shape = RefusalShape.shape(of: text)
    #expect(shape.count <= 2 * text.count)
    #expect(RefusalShape.shape(of: shape).count <= shape.count)
  }
}
