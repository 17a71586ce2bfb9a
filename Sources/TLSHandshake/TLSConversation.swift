// TLSHandshake: the bytes of both sides of a TLS connection to what they show: hellos, certificates, alerts, how far the
// handshake came. Without secrets that is what stands on the wire in clear; with them, all that was said.

public import Wire

/// Follows one TLS connection from both sides' bytes, in the order in which the endpoints saw them.
///
/// Whoever has few of them keeps each behind a reference: it is large.
public struct TLSConversation {
  /// What the two sides have said of the handshake so far.
  public private(set) var handshake = Handshake()
  /// The alerts that could be read, the first ones.
  public private(set) var alerts: [TLSAlert] = []
  /// When the records of the handshake passed, and whose turn it was between them.
  public private(set) var times: HandshakeTimes?
  /// Whether any record was seen.
  public private(set) var isActive = false
  /// The client's, then the server's.
  private var sides: [2 of Side] = [Side(), Side()]
  /// Opens what is protected; nil without secrets.
  private var opener: RecordOpener?
  /// What was said inside TLS and not taken yet.
  private var contents: [Content] = []
  /// The client's early data, until it is known whether the server takes it.
  private var early: [(head: RecordHead, fragment: [UInt8], place: Handshake.Place)] = []
  /// What is protected and waits for its secrets, both sides' records in their order.
  private var waiting: [(head: RecordHead, fragment: [UInt8], peer: Peer, place: Handshake.Place)] = []

  /// Alerts kept: a peer may send warnings for ever.
  static let mostAlerts = 16
  /// Records of early data kept: a client may send without a server that answers.
  static let mostEarlyRecords = 16
  /// Records that wait for their secrets, and octets of them: the server's first flight and some more. Secrets may never come.
  static let mostWaitingRecords = 16
  static let mostWaitingBytes = 32_768

  /// What one side said inside TLS, with the place of the last segment of its record.
  public enum Content: Sendable {
    case bytes([UInt8], from: Peer, Handshake.Place)
    /// About so many bytes that cannot be seen.
    case missing(Int, from: Peer, Handshake.Place)
  }

  /// Takes the next bytes of one side.
  public mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, at place: Handshake.Place) {
    guard bytes.count > 0 else { return }
    isActive = true
    noteTurn(of: peer, at: place.time)
    let keepsData = opener?.wantsRecords ?? false
    let wasLost = sides[side(peer)].reader.isLost
    var offset = 0
    while true {
      switch sides[side(peer)].reader.next(in: bytes, from: &offset, keepsData: keepsData) {
      case .whole(let head, let range): take(head, bytes.extracting(range), from: peer, at: place)
      case .joined(let head, let fragment): take(head, fragment.span, from: peer, at: place)
      case .passed(let head): pass(head, from: peer)
      case .damaged(let head): lose(head, from: peer, at: place)
      case .lost: sides[side(peer)].messages.reset()
      case .more:
        if wasLost, sides[side(peer)].reader.isLost { noteMissing(bytes.count, from: peer, at: place) }
        noteEndOfHandshake()
        return
      }
    }
  }

  /// So many bytes of one side are missing; with none it is known only that how it began was not seen.
  public mutating func skip(_ count: Int, from peer: Peer, at place: Handshake.Place) {
    let index = side(peer)
    sides[index].hasHoles = true
    guard count > 0 else { return }
    stopWaiting()
    if !isProtected(peer), let beginning = sides[index].reader.beginningOfHandshake {
      sides[index].messages.append(beginning.span)
      if let message = sides[index].messages.partial { handshake.takeBeginning(message, from: peer) }
    }
    sides[index].messages.reset()
    let begun = sides[index].reader.begunBytes
    if let head = sides[index].reader.skip(count) {
      lose(head, from: peer, at: place)
    } else if sides[index].reader.isLost {
      noteMissing(count + begun, from: peer, at: place)
    }
    noteEndOfHandshake()
  }

  /// What was said inside TLS since it was asked for last, in the order in which the records came.
  public mutating func takeContents() -> [Content] {
    let taken = contents
    contents = []
    return taken
  }

  /// Whether there is any.
  public var hasContents: Bool { !contents.isEmpty }

  // MARK: What it came to

  /// Bytes are missing, so that what was not seen proves nothing.
  public var hasHoles: Bool { client.hasHoles || server.hasHoles }

  /// Both sides have sent what only a finished handshake lets them send.
  public var isEstablished: Bool {
    if client.hasFinished, server.hasFinished {
      // In TLS 1.3 the server may still refuse the client's certificate.
      return client.hasSpoken && server.hasSpoken || !alerts.contains(where: \.isFatal)
    }
    guard client.dataRecords > client.alertSized, !endedBeforeFinished, server.dataRecords > 0, client.records > 1
    else {
      return false
    }
    return !alerts.contains(where: \.isFatal) && !wasRefusedInside
  }

  /// A fatal alert in clear ended the handshake.
  public var isRefused: Bool { !isEstablished && alerts.contains(where: \.isFatal) }

  /// Who ended the handshake by an alert that cannot be read.
  public var encryptedRefusal: Peer? {
    guard !hasHoles, alerts.isEmpty, keyUse != .used else { return nil }
    if handshake.serverHello?.version.isTLS13 == true {
      // The client's first protected record is its Finished, or the alert that says why there is none.
      if client.dataRecords > 0, client.dataRecords == client.alertSized || endedBeforeFinished { return .client }
      return wasRefusedInside ? .server : nil
    }
    guard !client.hasFinished || !server.hasFinished else { return nil }
    return client.encryptedAlerts > 0 ? .client : server.encryptedAlerts > 0 ? .server : nil
  }

  /// The client of TLS 1.3 sent one protected record, too short for a Finished: an alert that was padded (RFC 8446 section 5.4),
  /// as Java's are. A Certificate without any, which Finished follows, may be as short, and EndOfEarlyData.
  private var endedBeforeFinished: Bool {
    client.dataRecords == 1 && client.firstData < TLSConversation.shortestFinishedLength && !client.hasHoles
      && handshake.serverHello?.version.isTLS13 == true && handshake.clientHello?.offersEarlyData == false
  }

  /// The server of TLS 1.3 sent what it protects behind its ServerHello, its certificate and proof among it, and the client
  /// answered nothing.
  public var wasCertificateUnanswered: Bool {
    handshake.serverHello?.version.isTLS13 == true && !hasHoles && keyUse != .used && server.dataRecords > 0
      && client.dataRecords == 0 && alerts.isEmpty && handshake.isResumed == false
  }

  /// Behind the client's Finished the server of TLS 1.3 said nothing but an alert. Where the client took its leave first it
  /// may only have answered that.
  private var wasRefusedInside: Bool {
    handshake.serverHello?.version.isTLS13 == true && server.dataBehindFinished > 0
      && server.dataBehindFinished == server.alertsBehindFinished && client.alertSized == 0
  }

  /// The client finished the handshake and said nothing behind it but an alert, or no more than QUIT, which is the shortest
  /// command and too short for EHLO (RFC 3207 section 4.2).
  public var wasLeftUnsaid: Bool {
    guard isEstablished, !hasHoles, !client.hasSpoken, let version = handshake.serverHello?.version else {
      return false
    }
    if version.isTLS13 {
      // Its first record is its Finished; an alert and QUIT are two more.
      return client.dataRecords <= 3 && client.longestLaterData <= TLSConversation.quitLength
    }
    let isNonceSent = handshake.cipherSuite?.name.contains("CHACHA20") == false
    let limit = isNonceSent ? TLSConversation.quitLength - 1 + 8 : TLSConversation.quitLength - 1
    return client.dataRecords <= 1 && client.firstData <= limit
  }

  /// Whether anything that a side said inside TLS could be read.
  public func hasSpoken(_ peer: Peer) -> Bool { sides[side(peer)].hasSpoken }
  /// Application data of a side, readable or not.
  public func sentData(_ peer: Peer) -> Bool { sides[side(peer)].dataRecords > 0 }
  /// Whether the secrets served, and why not; nil without secrets.
  public var keyUse: KeyUse? {
    guard let use = opener?.use else { return nil }
    let isUnanswered = handshake.clientHello != nil && handshake.serverHello == nil
    return use == .hellosNotSeen && isUnanswered && isRefused ? .nothingAgreed : use
  }
  /// Whether it is known that nothing of it can be opened.
  public var isClosedToUs: Bool { opener?.wantsRecords != true }
  /// Records that are not what was sent with the keys.
  public var refusedRecords: Int { opener?.refusedRecords ?? 0 }

  /// Records of the kind alert that are protected.
  public func encryptedAlerts(from peer: Peer) -> Int { sides[side(peer)].encryptedAlerts }

  // MARK: Records

  private mutating func take(_ head: RecordHead, _ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place) {
    let index = side(peer)
    sides[index].records &+= 1
    if opener != nil, isProtected(peer) || head.kind == .applicationData {
      if head.kind == .applicationData { passData(head, from: peer) }
      return open(head, fragment, from: peer, at: place)
    }
    switch head.kind {
    case .changeCipherSpec: takeChangeCipherSpec(from: peer)
    case .alert: takeAlert(fragment, from: peer, at: place)
    case .handshake where isProtected(peer): noteFinished(of: peer)
    case .handshake: takeHandshake(fragment, from: peer, at: place)
    case .applicationData: passData(head, from: peer)
    case .heartbeat: break
    }
  }

  private mutating func takeChangeCipherSpec(from peer: Peer) {
    sides[side(peer)].sentChangeCipherSpec = true
    guard !handshake.isTLS13 else { return }
    handshake.turnToKeys(peer)
    opener?.changeCipherSpec(from: peer)
  }

  private mutating func takeHandshake(_ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place) {
    sides[side(peer)].messages.append(fragment)
    while let message = sides[side(peer)].messages.next() {
      handshake.take(message, from: peer, at: place)
      opener?.take(message, from: peer)
      if message.type == HandshakeType.finished { sides[side(peer)].hasFinished = true }
    }
  }

  /// RFC 5246 section 7.1: behind ChangeCipherSpec comes Finished.
  private mutating func noteFinished(of peer: Peer) {
    if !sides[side(peer)].hasFinished { handshake.note("Finished", from: peer) }
    sides[side(peer)].hasFinished = true
  }

  private mutating func pass(_ head: RecordHead, from peer: Peer) {
    sides[side(peer)].records &+= 1
    if head.kind == .applicationData { passData(head, from: peer) }
  }

  /// A record of which bytes are missing.
  private mutating func lose(_ head: RecordHead, from peer: Peer, at place: Handshake.Place) {
    stopWaiting()
    sides[side(peer)].messages.reset()
    pass(head, from: peer)
    noteMissing(head.length, from: peer, at: place)
  }

  // MARK: What is protected

  private mutating func open(_ head: RecordHead, _ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place) {
    // Early data stands before the hello that tells its keys, and is of no use where the server does not take it.
    if peer == .client, isEarlyDataOpen, early.count < TLSConversation.mostEarlyRecords {
      early.append((head, Array(fragment), place))
      return
    }
    if peer == .client { releaseEarlyData() }
    openNow(head, fragment, from: peer, at: place)
    if peer == .server, handshake.acceptsEarlyData != nil { releaseEarlyData() }
  }

  private var isEarlyDataOpen: Bool {
    handshake.clientHello?.offersEarlyData == true && handshake.serverHello == nil
  }

  private mutating func releaseEarlyData() {
    guard !early.isEmpty else { return }
    let held = early
    early = []
    for record in held { openNow(record.head, record.fragment.span, from: .client, at: record.place) }
  }

  private mutating func openNow(_ head: RecordHead, _ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place)
  {
    guard opener?.isWaiting == true, !isReleased(isLast: !hasRoom(for: fragment.count)) else {
      return openWithKeys(head, fragment, from: peer, at: place)
    }
    waiting.append((head, Array(fragment), peer, place))
  }

  private func hasRoom(for count: Int) -> Bool {
    waiting.count < TLSConversation.mostWaitingRecords
      && waiting.reduce(count) { $0 + $1.fragment.count } <= TLSConversation.mostWaitingBytes
  }

  /// Opens what waits with the secrets that there are: no more come, or what follows cannot wait.
  public mutating func stopWaiting() {
    if opener?.isWaiting == true { _ = isReleased(isLast: true) }
  }

  /// Whether nothing waits any more, now that it was looked for the secrets again.
  private mutating func isReleased(isLast: Bool) -> Bool {
    guard opener?.lookAgain(isLast: isLast) != false else { return false }
    if !handshake.isTLS13 {
      for peer in Peer.allCases where sides[side(peer)].sentChangeCipherSpec { opener?.changeCipherSpec(from: peer) }
    }
    let held = waiting
    waiting = []
    for record in held { openWithKeys(record.head, record.fragment.span, from: record.peer, at: record.place) }
    return true
  }

  private mutating func openWithKeys(
    _ head: RecordHead, _ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place
  ) {
    let index = side(peer)
    let wasEarly = peer == .client && opener?.isEarly == true
    switch opener?.open(head, fragment, from: peer) {
    case .opened(let type, let content):
      switch RecordHead.Kind(rawValue: type) {
      case .applicationData?:
        // What the server does not take as early data comes again behind the handshake.
        let isUnderEarlyKeys = wasEarly && opener?.isEarly == true
        guard !content.isEmpty, !isUnderEarlyKeys || handshake.acceptsEarlyData != false else { return }
        sides[index].hasSpoken = true
        contents.append(.bytes(content, from: peer, place))
      case .handshake?: takeHandshake(content.span, from: peer, at: place)
      case .alert?: takeAlert(content.span, from: peer, at: place)
      case .changeCipherSpec?: takeChangeCipherSpec(from: peer)
      case .heartbeat?, nil: break
      }
    case .refused?:
      if head.kind == .applicationData {
        contents.append(.missing(max(1, fragment.count - TLSConversation.overhead), from: peer, place))
      }
      noteClosed(head, from: peer)
    case .closed?, nil:
      noteClosed(head, from: peer)
    }
  }

  /// A protected record that stays closed tells by its kind what it is, below TLS 1.3.
  private mutating func noteClosed(_ head: RecordHead, from peer: Peer) {
    switch head.kind {
    case .handshake: noteFinished(of: peer)
    case .alert: sides[side(peer)].encryptedAlerts &+= 1
    case .changeCipherSpec, .applicationData, .heartbeat: break
    }
  }

  /// Bytes of records that cannot be opened any more.
  private mutating func noteMissing(_ count: Int, from peer: Peer, at place: Handshake.Place) {
    guard opener?.wantsRecords == true else { return }
    opener?.lose(count + RecordHead.size, from: peer)
    contents.append(.missing(max(1, count - TLSConversation.overhead), from: peer, place))
  }

  /// Octets of a tag and a nonce: what is missing of what was said is a little less than what is missing of the records.
  private static let overhead = 24

  private mutating func passData(_ head: RecordHead, from peer: Peer) {
    let index = side(peer)
    sides[index].dataRecords &+= 1
    if sides[index].dataRecords == 1 {
      sides[index].firstData = head.length
    } else {
      sides[index].longestLaterData = max(sides[index].longestLaterData, head.length)
    }
    let isAlertSized = head.length == TLSConversation.alertLength || head.length == TLSConversation.shortAlertLength
    if isAlertSized { sides[index].alertSized &+= 1 }
    if peer == .server, sides[0].dataRecords > sides[0].alertSized {
      sides[1].dataBehindFinished &+= 1
      if isAlertSized { sides[1].alertsBehindFinished &+= 1 }
    }
  }

  /// Finished of TLS 1.3 inside a record: a header of four octets, a hash of 32 at least, the content type, and a tag of eight.
  private static let shortestFinishedLength = 45
  /// An alert of TLS 1.3 inside a record: two octets, the content type, and a tag of sixteen octets or of eight.
  private static let alertLength = 19
  private static let shortAlertLength = 11
  /// The record of `QUIT` with its line end in TLS 1.3: six octets, the content type, and a tag of sixteen.
  private static let quitLength = 23

  private mutating func takeAlert(_ fragment: Span<UInt8>, from peer: Peer, at place: Handshake.Place) {
    // No protection leaves two octets as short as they are, but that of a null cipher, which hides nothing either.
    guard fragment.count == 2 else {
      sides[side(peer)].encryptedAlerts &+= 1
      return
    }
    let alert = TLSAlert(from: peer, level: fragment[0], description: AlertDescription(fragment[1]), place: place)
    if alerts.count < TLSConversation.mostAlerts { alerts.append(alert) }
  }

  /// Whether what this side sends is protected: before TLS 1.3 behind its ChangeCipherSpec. In TLS 1.3 that says nothing
  /// (RFC 8446 appendix D.4), and protected records are application data to the eye.
  private func isProtected(_ peer: Peer) -> Bool {
    sides[side(peer)].sentChangeCipherSpec && !handshake.isTLS13
  }

  // MARK: Turns

  /// In TLS 1.3 the client's first protected record ends it, before it both sides' Finished.
  private mutating func noteEndOfHandshake() {
    if sides[0].dataRecords > 0 || sides[0].hasFinished && sides[1].hasFinished { times?.isOver = true }
  }

  private mutating func noteTurn(of peer: Peer, at time: CaptureTime) {
    guard times != nil else {
      times = HandshakeTimes(speaker: peer, at: time)
      return
    }
    if times?.isOver == false { times?.noteTurn(of: peer, at: time) }
  }

  // MARK: Sides

  private func side(_ peer: Peer) -> Int { peer == .client ? 0 : 1 }

  private var client: Side { sides[0] }
  private var server: Side { sides[1] }

  private struct Side {
    var records = 0
    var reader = RecordReader()
    var messages = HandshakeReader()
    var dataRecords = 0
    /// The length of its first record of application data, and of the longest behind that.
    var firstData = 0
    var longestLaterData = 0
    /// Application data of the size of an alert of TLS 1.3.
    var alertSized = 0
    /// The server's application data behind the client's Finished.
    var dataBehindFinished = 0
    var alertsBehindFinished = 0
    var encryptedAlerts = 0
    var sentChangeCipherSpec = false
    /// Behind ChangeCipherSpec a handshake record followed.
    var hasFinished = false
    var hasHoles = false
    /// Something that it said inside TLS could be read.
    var hasSpoken = false
  }
}

extension TLSConversation {
  /// - Parameter secrets: What to decrypt with; nil where there is nothing.
  public init(secrets: TLSSecrets? = nil) {
    self.init(opener: secrets.flatMap { $0.mayServe ? RecordOpener($0) : nil })
  }
}
