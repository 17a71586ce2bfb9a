import Testing
import Wire

@testable import CaptureReading

@Suite struct LinkTypeNameTests {
  @Test(arguments: LinkType.commonNames.sorted { $0.key < $1.key })
  func `what is named here has libpcap's name`(number: UInt32, name: String) {
    #expect(DeadLink(LinkType(number: number))?.name == name)
    #expect(LinkType(number: number).name == name)
  }

  @Test func `others are asked of libpcap, and are numbers where it knows none`() {
    #expect(LinkType(number: 127).name == "IEEE802_11_RADIO")
    #expect(LinkType(number: 60_000).name == "60000")
  }
}
