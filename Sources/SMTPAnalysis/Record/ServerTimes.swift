internal import TCPStreams
public import Wire

/// How long the servers of a run took, phase by phase.
///
/// Of each phase of a session counts what the server and the network had of it: the client's own turns say nothing about
/// the server. A phase that holds commands that waited for others only, with no time of its own, does not count.
public struct ServerTimes: Equatable, Sendable {
  /// How long one server took, or several together.
  public struct Server: Equatable, Sendable {
    /// nil for several together.
    public var endpoint: Endpoint?
    /// The name in its greeting (RFC 5321 section 4.2); where there are several of it, the first by the alphabet.
    public var name: [UInt8]?
    /// How many sessions it had.
    public var sessions = 0
    private var phases = [DurationSketch](repeating: DurationSketch(), count: Phase.Kind.allCases.count)

    init(_ endpoint: Endpoint?) {
      self.endpoint = endpoint
    }

    /// Its times and the network's in phases of this kind, in nanoseconds.
    public subscript(kind: Phase.Kind) -> DurationSketch {
      phases[kind.index]
    }

    fileprivate mutating func count(_ session: Session) {
      sessions += 1
      if let greeting = session.greeting, greeting.reply.code == 220, let name = greeting.serverName, name.count <= 255
      {
        learn(greeting.reply.lines.joined[name])
      }
      for phase in session.phases {
        let times = phase.times
        if times.server > 0 || times.network > 0 { phases[phase.kind.index].add(times.total - times.client) }
      }
    }

    fileprivate mutating func merge(_ other: Server) {
      sessions += other.sessions
      if let name = other.name { learn(name[...]) }
      for index in phases.indices { phases[index].merge(other.phases[index]) }
    }

    private mutating func learn(_ name: ArraySlice<UInt8>) {
      guard endpoint != nil else { return }
      guard let known = self.name else {
        self.name = Array(name)
        return
      }
      if !name.span.isEqual(to: known.span), name.lexicographicallyPrecedes(known) { self.name = Array(name) }
    }
  }

  private var servers: [Server] = []
  /// Where they stand, counted from 1, by the keys of their endpoints.
  private var places = KeyNumbers<Int>()
  /// Those that there was no room for, together.
  private var rest = Server(nil)

  /// Servers that are told apart, the first that are met: a scan may pass by every address there is.
  public static let limit = 1000

  /// Of no session yet.
  public init() {}

  /// Whether no session was counted.
  public var isEmpty: Bool { servers.isEmpty }

  /// Counts a session.
  public mutating func count(_ session: Session) {
    let endpoint = session.connection.server
    let key = MemoryKey.of(endpoint)
    let place = places[key]
    if place > 0 {
      servers[place - 1].count(session)
    } else if servers.count < ServerTimes.limit {
      servers.append(Server(endpoint))
      places.set(servers.count, for: key)
      servers[servers.count - 1].count(session)
    } else {
      rest.count(session)
    }
  }

  /// Takes over what another part of the run counted.
  public mutating func merge(_ other: ServerTimes) {
    for server in other.servers {
      guard let endpoint = server.endpoint else { continue }
      let key = MemoryKey.of(endpoint)
      let place = places[key]
      if place > 0 {
        servers[place - 1].merge(server)
      } else if servers.count < ServerTimes.limit {
        servers.append(server)
        places.set(servers.count, for: key)
      } else {
        rest.merge(server)
      }
    }
    rest.merge(other.rest)
  }

  /// At most `limit` servers, those of the most sessions first, and all others together; nil where there are none.
  public func listed(limit: Int) -> (servers: [Server], others: Server?) {
    let ordered = servers.sorted { left, right in
      if left.sessions != right.sessions { return left.sessions > right.sessions }
      guard let one = left.endpoint, let other = right.endpoint else { return false }
      return one.address != other.address ? one.address < other.address : one.port < other.port
    }
    var others = rest
    for server in ordered.dropFirst(limit) { others.merge(server) }
    return (Array(ordered.prefix(limit)), others.sessions > 0 ? others : nil)
  }

  /// Whether both say the same, in whatever order the servers were met.
  public static func == (left: ServerTimes, right: ServerTimes) -> Bool {
    left.rest == right.rest && left.listed(limit: .max).servers == right.listed(limit: .max).servers
  }
}

extension Phase.Kind {
  /// Its place among all kinds.
  public var index: Int {
    switch self {
    case .connect: 0
    case .greeting: 1
    case .ehlo: 2
    case .tls: 3
    case .auth: 4
    case .sender: 5
    case .recipients: 6
    case .data: 7
    case .endOfData: 8
    case .quit: 9
    case .other: 10
    }
  }
}
