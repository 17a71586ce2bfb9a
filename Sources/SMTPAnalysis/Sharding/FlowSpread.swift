internal import TLSHandshake
internal import Wire

/// Which shard a connection belongs to. That is told by its endpoints alone, for the whole run.
enum FlowSpread {
  case connections
  /// What the same hosts have with each other stays together, and in its order.
  case hosts
  /// All in one shard: any connection may tell what another is read with.
  case together

  init(_ secrets: TLSSecrets?) {
    self =
      switch secrets?.dependence {
      case .all?: .together
      case .sameHosts?: .hosts
      case .noOther?, nil: .connections
      }
  }

  /// How many shards share what may be kept in all.
  var shards: Int { self == .together ? 1 : FlowShard.count }

  /// The shard of the connection of these endpoints, whichever way a segment goes.
  ///
  /// No seed: who chooses endpoints that fall into one shard has it all to himself, and costs the others nothing.
  @inline(__always)
  func shard(of source: Endpoint, _ destination: Endpoint) -> Int {
    if self == .together { return 0 }
    let addresses = (source.address.low ^ source.address.high) &+ (destination.address.low ^ destination.address.high)
    let ports = self == .hosts ? 0 : UInt64(source.port) &+ UInt64(destination.port)
    let mixed = (addresses ^ ports &<< 40) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 60)
  }
}
