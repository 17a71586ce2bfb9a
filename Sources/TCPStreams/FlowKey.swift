internal import Wire

/// Both endpoints of a connection, the same whichever way a segment goes.
struct FlowKey: Equatable {
  var low: Endpoint
  var high: Endpoint

  init(source: Endpoint, destination: Endpoint) {
    if FlowKey.isLow(source, destination) {
      low = source
      high = destination
    } else {
      low = destination
      high = source
    }
  }

  // Written out: comparing endpoints as values of another module is a generic call for each.
  static func == (left: FlowKey, right: FlowKey) -> Bool {
    left.low.address.low == right.low.address.low && left.high.address.low == right.high.address.low
      && left.low.port == right.low.port && left.high.port == right.high.port
      && left.low.address.high == right.low.address.high && left.high.address.high == right.high.address.high
      && left.low.address.isIPv6 == right.low.address.isIPv6 && left.high.address.isIPv6 == right.high.address.isIPv6
  }

  /// Whether `endpoint`, which is one of the two, is the low one.
  func isLow(_ endpoint: Endpoint) -> Bool {
    endpoint.port == low.port && endpoint.address.low == low.address.low && endpoint.address.high == low.address.high
  }

  /// Spreads the endpoints over 64 bits. The seed keeps peers from choosing endpoints that collide. It is in both factors of
  /// each product: where a peer can make one of them zero, by an IPv6 address that is a constant of ours, all that the other
  /// holds is lost.
  func hash(seed: UInt64) -> UInt64 {
    let ports = UInt64(low.port) << 16 | UInt64(high.port)
    let turned = seed << 32 | seed >> 32
    var state = FlowKey.mix(low.address.low ^ seed, high.address.low ^ turned ^ 0x9e37_79b9_7f4a_7c15)
    if low.address.isIPv6 {
      state ^= FlowKey.mix(low.address.high ^ state, high.address.high ^ seed)
    }
    return FlowKey.mix(state ^ ports, seed ^ 0xd6e8_feb8_6659_fd93)
  }

  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  private static func isLow(_ a: Endpoint, _ b: Endpoint) -> Bool {
    if a.address.low != b.address.low { return a.address.low < b.address.low }
    if a.address.high != b.address.high { return a.address.high < b.address.high }
    return a.port <= b.port
  }
}
