import Testing
import Wire

@Test(
  arguments: [
    (0x0a00_0001, true), (0x0aff_ffff, true), (0x0b00_0000, false), (0x7f00_0001, true), (0x6440_0000, true),
    (0x647f_ffff, true), (0x6480_0000, false), (0xac10_0000, true), (0xac1f_ffff, true), (0xac20_0000, false),
    (0xc0a8_0001, true), (0xc0a9_0000, false), (0xa9fe_0001, true), (0xa9ff_0000, false), (0xc000_0207, false),
  ] as [(UInt32, Bool)])
func `addresses of private networks are known`(address: UInt32, isPrivate: Bool) {
  #expect(IPAddress(ipv4: address).isPrivate == isPrivate)
  #expect(IPAddress(ipv6High: 0, low: 0xffff_0000_0000 | UInt64(address)).isPrivate == isPrivate)
}

@Test(
  arguments: [
    (0xfc00 << 48, 1, true), (0xfdff << 48, 1, true), (0xfe00 << 48, 1, false), (0xfe80 << 48, 1, true),
    (0xfebf << 48, 1, true), (0xfec0 << 48, 1, false), (0x2001_0db8 << 32, 1, false), (0, 1, true), (0, 2, false),
  ] as [(UInt64, UInt64, Bool)])
func `addresses of IPv6's private networks are known`(high: UInt64, low: UInt64, isPrivate: Bool) {
  #expect(IPAddress(ipv6High: high, low: low).isPrivate == isPrivate)
}
