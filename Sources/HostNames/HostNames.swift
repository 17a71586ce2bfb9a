public import Wire

// HostNames: the domain name system's answers that a capture holds, and what they say of hosts and of mail domains.
// Nothing is asked here; what was not answered in the capture is not known.

/// What the answers in a capture say: addresses of names, names of addresses, who takes a domain's mail, and what does not
/// exist.
///
/// Give it each message in the order of the capture. An answer holds from then on, until another to the same question
/// replaces it or its place is needed.
public struct HostNames: Sendable {
  private let limits: HostNameLimits
  private var addresses: BoundedTable<AddressQuestion, NameAnswer<IPAddress>>
  private var pointers: BoundedTable<IPAddress, NameAnswer<DomainName>>
  private var exchanges: BoundedTable<DomainName, NameAnswer<DomainName>>
  private var forward: BoundedTable<IPAddress, [ForwardName]>
  private var keys: BoundedTable<DomainName, NameAnswer<[UInt8]>>
  private var reverseQuestions: BoundedTable<IPAddress, [ReverseQuestion]>
  /// Whether a response was seen: where there are none, nobody can tell that one is missing.
  private(set) public var showsResponses = false

  private struct AddressQuestion: Hashable {
    var name: DomainName
    var isIPv6: Bool
  }

  /// Where a message stands in the capture.
  private struct Place {
    var frame: Int
    var time: CaptureTime
  }

  /// Knows nothing yet, and will keep as much as `limits` allow.
  public init(limits: HostNameLimits = HostNameLimits()) {
    self.limits = limits
    addresses = BoundedTable(mostBytes: limits.tableBytes)
    pointers = BoundedTable(mostBytes: limits.tableBytes)
    exchanges = BoundedTable(mostBytes: limits.tableBytes)
    forward = BoundedTable(mostBytes: limits.tableBytes)
    keys = BoundedTable(mostBytes: limits.tableBytes)
    reverseQuestions = BoundedTable(mostBytes: limits.tableBytes)
  }

  /// Whether nothing was said of any name, so that there is nothing to look for.
  public var isEmpty: Bool {
    addresses.isEmpty && pointers.isEmpty && exchanges.isEmpty && reverseQuestions.isEmpty && keys.isEmpty
  }

  /// Whether a DKIM key was told.
  public var hasKeys: Bool { !keys.isEmpty }

  /// What was forgotten to stay within the limits.
  public var forgotten: Int {
    addresses.forgotten + pointers.forgotten + exchanges.forgotten + forward.forgotten + reverseQuestions.forgotten
      + keys.forgotten
  }

  // MARK: Looking up

  /// The addresses of a name.
  public func addresses(of name: DomainName, isIPv6: Bool) -> NameAnswer<IPAddress>? {
    let answer = addresses[AddressQuestion(name: name, isIPv6: isIPv6)]
    if let answer, answer.isKnown { return answer }
    return nonexistence(of: name, families: [!isIPv6]) ?? answer
  }

  /// The names of an address by its PTR records.
  public func names(of address: IPAddress) -> NameAnswer<DomainName>? { pointers[address] }

  /// Who takes a domain's mail by its MX records; the root alone for nobody (RFC 7505).
  public func mailExchanges(of domain: DomainName) -> NameAnswer<DomainName>? {
    let answer = exchanges[domain]
    if let answer, answer.isKnown { return answer }
    return nonexistence(of: domain) ?? answer
  }

  /// The texts of a DKIM key's name (RFC 6376 section 3.6.2), the newest first.
  public func keys(named name: DomainName) -> NameAnswer<[UInt8]>? { keys[name] }

  /// The names that were found to lead to an address, in the order in which they were said first.
  public func namesLeading(to address: IPAddress) -> [ForwardName] { forward[address] ?? [] }

  /// When the name of an address was asked for, the oldest first.
  public func questions(forNameOf address: IPAddress) -> [ReverseQuestion] { reverseQuestions[address] ?? [] }

  /// A name that does not exist has no records of any kind, whichever was asked for (RFC 2308 section 2.1).
  ///
  /// - Parameter families: Those whose addresses' answers were not looked at yet: IPv4's as false, IPv6's as true.
  private func nonexistence<Value>(of name: DomainName, families: [Bool] = [false, true]) -> NameAnswer<Value>? {
    for isIPv6 in families {
      if let answer = addresses[AddressQuestion(name: name, isIPv6: isIPv6)], answer.absence == .noSuchName {
        return NameAnswer(.nothing(.noSuchName), frame: answer.frame, time: answer.time)
      }
    }
    guard let answer = exchanges[name], answer.absence == .noSuchName else { return nil }
    return NameAnswer(.nothing(.noSuchName), frame: answer.frame, time: answer.time)
  }

  // MARK: Messages

  /// Takes the next message of the capture.
  public mutating func learn(from seen: SeenMessage) {
    let place = Place(frame: seen.frame, time: seen.time)
    if seen.message.isResponse {
      showsResponses = true
      learn(from: seen.message, isWhole: seen.isWhole, place)
      if !seen.message.isReferral, let address = seen.message.addressAskedFor {
        markAnswered(address, asker: seen.destination, at: seen.time)
      }
    } else if let address = seen.message.addressAskedFor {
      note(address, id: seen.id, asker: seen.source, place)
    }
  }

  private mutating func note(_ address: IPAddress, id: UInt16, asker: IPAddress, _ place: Place) {
    var questions = reverseQuestions[address] ?? []
    let isCopy = questions.contains {
      $0.id == id && $0.asker == asker && place.time.nanoseconds(since: $0.time) < Self.copySpan
    }
    guard !isCopy else { return }
    questions.append(ReverseQuestion(asker: asker, frame: place.frame, time: place.time, answered: nil, id: id))
    if questions.count > limits.questions { questions.removeFirst() }
    keep(questions, forNameOf: address)
  }

  /// Nanoseconds within which the same query is a copy of its frame: who asks again waits longer than that.
  private static let copySpan: Int64 = 100_000_000

  private mutating func markAnswered(_ address: IPAddress, asker: IPAddress, at time: CaptureTime) {
    guard var questions = reverseQuestions[address] else { return }
    for index in questions.indices where questions[index].asker == asker && questions[index].answered == nil {
      questions[index].answered = time
    }
    keep(questions, forNameOf: address)
  }

  private mutating func keep(_ questions: [ReverseQuestion], forNameOf address: IPAddress) {
    reverseQuestions.set(questions, bytes: questions.count * MemoryLayout<ReverseQuestion>.stride, for: address)
  }

  // MARK: Learning

  private mutating func learn(from message: NameMessage, isWhole: Bool, _ place: Place) {
    let sets = RecordSets(message.answers)
    if let name = message.question.name, let kind = RecordSets.Kind(message.question.type) {
      let path = sets.path(from: name)
      let found = sets[path.last ?? name]
      // RFC 6604 section 3: the code is about the name at the end of the aliases.
      let absence = found.has(kind) ? nil : absence(in: message, isWhole: isWhole)
      for alias in path {
        if let absence { learn(absence, kind, of: alias, place) } else { learn(found, of: alias, place) }
      }
    }
    for owner in sets.owners { learn(sets[owner], of: owner, place) }
    let additional = RecordSets(message.additional)
    for owner in additional.owners { learn(additional[owner], of: owner, place) }
  }

  /// What a response without the records says that were asked for; nil where it says nothing.
  private func absence(in message: NameMessage, isWhole: Bool) -> Absence? {
    switch message.responseCode {
    case 0:
      // A referral has no answer either, and one that was cut may have had (RFC 2308 section 2.2).
      return isWhole && !message.isReferral && (message.isFromAuthority || message.isFromResolver) ? .noRecords : nil
    case 3: return .noSuchName
    case 2, 5: return .failed(message.responseCode)
    default: return nil  // a question that was not understood says nothing of the name
    }
  }

  private mutating func learn(_ absence: Absence, _ kind: RecordSets.Kind, of name: DomainName, _ place: Place) {
    switch kind {
    case .ipv4, .ipv6:
      let answer = NameAnswer<IPAddress>(.nothing(absence), frame: place.frame, time: place.time)
      learn(answer, to: AddressQuestion(name: name, isIPv6: kind == .ipv6))
    case .pointer: learn(NameAnswer(.nothing(absence), frame: place.frame, time: place.time), forNameWritten: name)
    case .mailExchange: learn(NameAnswer(.nothing(absence), frame: place.frame, time: place.time), forMailOf: name)
    case .text: break
    }
  }

  private mutating func learn(_ found: RecordSets.RecordSet, of name: DomainName, _ place: Place) {
    for isIPv6 in [false, true] {
      let values = Array(found.addresses.filter { $0.isIPv6 == isIPv6 }.prefix(limits.values))
      guard !values.isEmpty else { continue }
      let answer = NameAnswer<IPAddress>(.found(values), frame: place.frame, time: place.time)
      learn(answer, to: AddressQuestion(name: name, isIPv6: isIPv6))
      for address in values { learn(name, leadsTo: address, place) }
    }
    let pointers = Array(found.pointers.prefix(limits.values))
    if !pointers.isEmpty {
      learn(NameAnswer(.found(pointers), frame: place.frame, time: place.time), forNameWritten: name)
    }
    let exchanges = Array(found.exchanges.prefix(limits.values))
    if !exchanges.isEmpty {
      learn(NameAnswer(.found(exchanges), frame: place.frame, time: place.time), forMailOf: name)
    }
    let texts = Array(found.texts.prefix(limits.values))
    if !texts.isEmpty { learn(NameAnswer(.found(texts), frame: place.frame, time: place.time), forKeyNamed: name) }
  }

  private mutating func learn(_ name: DomainName, leadsTo address: IPAddress, _ place: Place) {
    var names = forward[address] ?? []
    guard !names.contains(where: { $0.name == name }) else { return }
    names.append(ForwardName(name: name, time: place.time))
    if names.count > limits.values { names.removeFirst() }
    forward.set(names, bytes: names.reduce(0) { $0 + $1.name.text.count + Self.textOverhead }, for: address)
  }

  private mutating func learn(_ answer: NameAnswer<IPAddress>, to question: AddressQuestion) {
    let answer = answer.following(addresses[question], mostValues: limits.values)
    let bytes = question.name.text.count + answer.values.count * MemoryLayout<IPAddress>.stride
    addresses.set(answer, bytes: bytes, for: question)
  }

  /// What a PTR record says whose owner is an address, written as a name.
  private mutating func learn(_ answer: NameAnswer<DomainName>, forNameWritten name: DomainName) {
    guard let address = name.reversedAddress else { return }
    let answer = answer.following(pointers[address], mostValues: limits.values)
    pointers.set(answer, bytes: bytes(of: answer.values), for: address)
  }

  private mutating func learn(_ answer: NameAnswer<DomainName>, forMailOf domain: DomainName) {
    let answer = answer.following(exchanges[domain], mostValues: limits.values)
    exchanges.set(answer, bytes: domain.text.count + bytes(of: answer.values), for: domain)
  }

  private mutating func learn(_ answer: NameAnswer<[UInt8]>, forKeyNamed name: DomainName) {
    let answer = answer.following(keys[name], mostValues: limits.values)
    let bytes = answer.values.reduce(name.text.count) { $0 + $1.count + Self.textOverhead }
    keys.set(answer, bytes: bytes, for: name)
  }

  private func bytes(of names: [DomainName]) -> Int {
    names.reduce(0) { $0 + $1.text.count + Self.textOverhead }
  }

  /// What an array and the place for it take besides its bytes.
  private static let textOverhead = 48
}
