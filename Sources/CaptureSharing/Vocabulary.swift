/// The names that the mails of a capture bear: where a server repeats one, it is replaced there too.
package struct Vocabulary {
  private var domains: Set<[UInt8]> = []
  private var localParts: Set<[UInt8]> = []

  /// Names kept; a client may send any number.
  private static let limit = 1 << 20

  package init() {}

  /// Takes an address, `local@domain` or what stands for one.
  package mutating func add(address: [UInt8]) {
    guard let at = address.lastIndex(of: 0x40) else { return }
    add(host: Array(address[(at + 1)...]))
    let localPart = address[..<at].map(Pseudonyms.lowercased)
    if localPart.count >= 4, localParts.count < Self.limit, !Self.commonWords.contains(localPart) {
      localParts.insert(localPart)
    }
  }

  /// Takes the addresses in a piece of text, such as a header field.
  package mutating func add(addressesIn text: [UInt8]) {
    for range in TextMask.addresses(in: text) { add(address: Array(text[range])) }
  }

  /// Takes a host or domain name, and the domain that it is in: its server is often called by another name of that.
  package mutating func add(host: [UInt8]) {
    guard domains.count < Self.limit else { return }
    let name = host.map(Pseudonyms.lowercased)
    let labels = name.split(separator: 0x2e)
    guard labels.count >= 2, labels.contains(where: { label in label.contains { $0 < 0x30 || $0 > 0x39 } }) else {
      return
    }
    domains.insert(name)
    if labels.count >= 3 { domains.insert(Array(labels.suffix(2).joined(separator: [0x2e]))) }
  }

  /// Whether the host is one of those, or below one.
  func knows(host: ArraySlice<UInt8>) -> Bool {
    // RFC 5321 section 4.5.3.1.2; a longer word of ten thousand labels would be looked up ten thousand times.
    guard host.count <= 255 else { return false }
    var name = host.map(Pseudonyms.lowercased)[...]
    while true {
      if domains.contains(Array(name)) { return true }
      guard let dot = name.firstIndex(of: 0x2e) else { return false }
      name = name[(dot + 1)...]
    }
  }

  func knows(localPart: ArraySlice<UInt8>) -> Bool {
    localParts.contains(localPart.map(Pseudonyms.lowercased))
  }

  /// Local parts that are also what servers say: replaced in their replies, they would take the meaning with them.
  private static let commonWords: Set<[UInt8]> = Set(
    [
      "abuse", "access", "account", "address", "admin", "alias", "authentication", "blocked", "bounce", "bounces",
      "client",
      "closed", "command", "connection", "contact", "content", "data", "delivery", "denied", "domain", "error",
      "exceeded",
      "from", "full", "greylist", "greylisted", "hello", "help", "host", "hostmaster", "info", "information", "invalid",
      "later", "limit", "list", "local", "mail", "mailbox", "mailer", "mailer-daemon", "message", "name", "office",
      "over",
      "password", "please", "policy", "postmaster", "queue", "queued", "quota", "receive", "recipient", "refused",
      "rejected",
      "relay", "reply", "root", "sales", "security", "sender", "server", "service", "size", "spam", "support", "system",
      "temporary", "test", "this", "timeout", "unavailable", "undeliverable", "unknown", "user", "virus", "webmaster",
    ].map { Array($0.utf8) })
}
