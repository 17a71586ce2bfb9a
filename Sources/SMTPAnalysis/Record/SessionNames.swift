internal import HostNames
internal import TCPStreams
internal import Wire

/// Who a session's hosts are, as name servers' answers in the capture say.
public struct SessionNames: Equatable, Sendable {
  /// The client's names, first the one that its address has.
  public var client: HostIdentity
  /// The server's names, first the one that most likely led to it.
  public var server: HostIdentity

  /// What is known of both hosts.
  public init(client: HostIdentity, server: HostIdentity) {
    self.client = client
    self.server = server
  }
}

/// The names of one address.
public struct HostIdentity: Equatable, Sendable {
  /// Whether the name that an address has (PTR) leads back to the address.
  public enum Confirmation: Sendable {
    case agrees
    case disagrees
    /// The capture does not show both.
    case unknown
  }

  /// The one to call it by first; ASCII without anything that is not inert. A name that does not lead back is not among
  /// them: whoever has an address may call it what he likes.
  public var names: [String]
  /// What is known of the address's own name.
  public var confirmation: Confirmation

  /// The names of an address; without any, nothing is known of it.
  public init(names: [String] = [], confirmation: Confirmation = .unknown) {
    self.names = names
    self.confirmation = confirmation
  }

  /// A host of which nothing is known.
  public static let unknown = HostIdentity()

  /// Names that are told of a host: content networks have hundreds on one address.
  static let mostNames = 8
}

extension SessionNames {
  /// nil where nothing is known of either.
  init?(of connection: borrowing ConnectionFacts, in names: borrowing HostNames) {
    // The client is called by the name that its address has, the server by the name that led to it.
    let client = HostIdentity(
      of: connection.client.address, in: names, at: connection.firstFrame.time, prefersPTR: true)
    let server = HostIdentity(
      of: connection.server.address, in: names, at: connection.firstFrame.time, prefersPTR: false)
    guard client != .unknown || server != .unknown else { return nil }
    self.init(client: client, server: server)
  }
}

extension HostIdentity {
  init(of address: IPAddress, in names: borrowing HostNames, at start: CaptureTime, prefersPTR: Bool) {
    // Mostly nobody asked for either.
    guard names.names(of: address) != nil || !names.namesLeading(to: address).isEmpty else {
      self.init()
      return
    }
    let confirmation = names.confirmation(of: address)
    let own = confirmation == .disagrees ? [] : names.names(of: address)?.values ?? []
    var forward = names.namesLeading(to: address)
    // The last one that was looked up before the connection is the likeliest to have led to it.
    let before = forward.indices.filter { forward[$0].time <= start }
    if let latest = before.map({ forward[$0].time }).max(),
      let best = before.first(where: { forward[$0].time == latest })
    {
      forward.insert(forward.remove(at: best), at: 0)
    }
    let found = prefersPTR ? own + forward.map(\.name) : forward.map(\.name) + own
    var texts: [String] = []
    for name in found where !name.isRoot && texts.count < HostIdentity.mostNames {
      let text = name.description
      if !texts.contains(text) { texts.append(text) }
    }
    self.init(names: texts, confirmation: confirmation)
  }
}

extension HostNames {
  /// Whether the names of an address lead back to it: one that does suffices, and all must be known to say that none does.
  func confirmation(of address: IPAddress) -> HostIdentity.Confirmation {
    guard let own = names(of: address)?.values, !own.isEmpty else { return .unknown }
    var isKnown = true
    for name in own {
      guard let answer = addresses(of: name, isIPv6: address.isIPv6), answer.isKnown,
        answer.isComparable(with: address)
      else {
        isKnown = false
        continue
      }
      if answer.values.contains(address) { return .agrees }
    }
    return isKnown ? .disagrees : .unknown
  }
}

extension NameAnswer where Value == IPAddress {
  /// Whether an address that is not among these is none of the name's. A host of a private network may well have a name
  /// that leads to what a NAT shows of it, or to another network's view of it.
  func isComparable(with address: IPAddress) -> Bool {
    !address.isPrivate || values.isEmpty || values.contains(where: \.isPrivate)
  }
}
