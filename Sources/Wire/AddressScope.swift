extension IPAddress {
  /// Whether it means something in its own network only: RFC 1918, 6598 (carriers' NAT), 3927, 4193, 4291, loopback. What
  /// goes from one to an address of the Internet has another source by the time it arrives.
  public var isPrivate: Bool {
    if isIPv6 {
      if high == 0 {
        if low == 1 { return true }
        // RFC 4291 section 2.5.5.2: an IPv4 address, mapped.
        return low >> 32 == 0xffff && IPAddress(ipv4: UInt32(truncatingIfNeeded: low)).isPrivate
      }
      return high >> 57 == 0xfc >> 1 || high >> 54 == 0xfe80 >> 6
    }
    return low >> 24 == 10 || low >> 24 == 127 || low >> 20 == 0xac1 || low >> 16 == 0xc0a8 || low >> 16 == 0xa9fe
      || low >> 22 == 0x6440 >> 6
  }
}
