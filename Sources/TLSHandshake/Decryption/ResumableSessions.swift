internal import Crypto
private import Synchronization
internal import TLSProtection

/// The master secrets of sessions that may be resumed, by what a client asks for them with: the session's id (RFC 5246
/// section 7.3) or a ticket (RFC 5077).
///
/// A resumed session sends no secret of its own, so that a private key opens nothing of it, and its client random is none
/// that a log of the earlier session names.
final class ResumableSessions: Sendable {
  private let limit: Int
  private let state = Mutex(State())

  /// Names of sessions that are kept, some 250 bytes each. Stops clients that begin sessions without end, and servers that
  /// send tickets without end; the least recently used one makes room.
  static let mostNames = 1 << 16

  /// - Parameter limit: How many names are kept.
  init(limit: Int = mostNames) {
    self.limit = max(1, limit)
  }

  /// What a client asks for a session with, hashed: ids and tickets are up to 64 KiB long, and whoever sends them may choose
  /// them.
  struct Name: Hashable, Sendable {
    private let digest: SHA256.Digest

    /// nil for the empty one, which names nothing.
    init?(id: [UInt8]) {
      guard !id.isEmpty else { return nil }
      digest = SHA256.hash(data: [0] + id)
    }

    /// nil for the empty one, with which a client asks for a ticket (RFC 5077 section 3.2).
    init?(ticket: [UInt8]) {
      guard !ticket.isEmpty else { return nil }
      digest = SHA256.hash(data: [1] + ticket)
    }
  }

  /// The secret of the session with this name, which counts as a use.
  func master(of name: Name) -> Secret? {
    state.withLock { $0.use(name) }
  }

  /// Keeps a session's secret under a name of it.
  func keep(_ master: Secret, as name: Name) {
    state.withLock { $0.keep(master, as: name, limit: limit) }
  }

  /// How many names are kept.
  var count: Int { state.withLock { $0.entries.count } }

  /// The entries, linked from the most recently used one to the least.
  private struct State {
    var places: [Name: Int] = [:]
    var entries: [Entry] = []
    var newest: Int?
    var oldest: Int?

    struct Entry {
      var name: Name
      /// Zeroed when the last copy goes, which is the next moment where another takes its place.
      var master: Secret
      var newer: Int?
      var older: Int?
    }

    mutating func use(_ name: Name) -> Secret? {
      guard let place = places[name] else { return nil }
      unlink(place)
      link(place)
      return entries[place].master
    }

    mutating func keep(_ master: Secret, as name: Name, limit: Int) {
      if let place = places[name] {
        entries[place].master = master
        unlink(place)
        link(place)
      } else if entries.count < limit {
        entries.append(Entry(name: name, master: master))
        places[name] = entries.count - 1
        link(entries.count - 1)
      } else if let place = oldest {
        places[entries[place].name] = nil
        unlink(place)
        entries[place] = Entry(name: name, master: master)
        places[name] = place
        link(place)
      }
    }

    private mutating func unlink(_ place: Int) {
      let (newer, older) = (entries[place].newer, entries[place].older)
      if let newer { entries[newer].older = older } else { newest = older }
      if let older { entries[older].newer = newer } else { oldest = newer }
    }

    private mutating func link(_ place: Int) {
      entries[place].newer = nil
      entries[place].older = newest
      if let newest { entries[newest].newer = place } else { oldest = place }
      newest = place
    }
  }
}
