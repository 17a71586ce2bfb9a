internal import Wire

/// A block list or reputation service that refusals name, and where a listing is looked up.
///
/// To add one: the name that people know, the domains in which its zones and pages lie, and its look-up page.
struct BlockList: Equatable, Sendable {
  var name: String
  var domains: [String]
  /// Where a listing is explained and ended; nil where the reply's own link is the way.
  var page: String?

  init(_ name: String, _ domains: String..., page: String? = nil) {
    self.name = name
    self.domains = domains
    self.page = page
  }

  static let all: [BlockList] = [
    BlockList("Spamhaus", "spamhaus.org", "spamhaus.net", "spamhaus.com", page: "https://check.spamhaus.org/"),
    BlockList("SpamCop", "spamcop.net", page: "https://www.spamcop.net/bl.shtml"),
    BlockList(
      "Barracuda", "barracudacentral.org", "barracudanetworks.com", page: "https://www.barracudacentral.org/lookups"),
    BlockList("SORBS", "sorbs.net"),
    BlockList("UCEPROTECT", "uceprotect.net", page: "https://www.uceprotect.net/en/rblcheck.php"),
    BlockList("PSBL", "psbl.org", "surriel.com", page: "https://psbl.org/"),
    BlockList("Invaluement", "invaluement.com"),
    BlockList("Abusix", "abusix.zone", "abusix.org", "abusix.com", page: "https://lookup.abusix.com/"),
    BlockList("SURBL", "surbl.org", page: "https://surbl.org/surbl-analysis"),
    BlockList("URIBL", "uribl.com", page: "https://admin.uribl.com/"),
    BlockList("Mailspike", "mailspike.net", "mailspike.org", "mailspike.io"),
    BlockList("NiX Spam", "nixspam.net", "manitu.net", page: "https://www.nixspam.net/"),
    BlockList("SpamRATS", "spamrats.com", page: "https://www.spamrats.com/lookup.php"),
    BlockList("GBUdb", "gbudb.net", "gbudb.com"),
    BlockList("Cisco Talos", "senderbase.org", "talosintelligence.com", page: "https://talosintelligence.com/"),
    BlockList(
      "Proofpoint", "ipcheck.proofpoint.com", "support.proofpoint.com", page: "https://ipcheck.proofpoint.com/"),
    BlockList("Cloudmark", "csi.cloudmark.com", "cloudmark.com"),
    BlockList("Trend Micro", "ers.trendmicro.com", "mail-abuse.com", "mail-abuse.org", "mail-abuse.net"),
    BlockList("DroneBL", "dronebl.org", page: "https://dronebl.org/lookup"),
    BlockList("Composite Blocking List", "abuseat.org"),
    BlockList("Hostkarma", "junkemailfilter.com", "hostkarma.com"),
    BlockList("SpamEatingMonkey", "spameatingmonkey.net", "spameatingmonkey.com"),
    BlockList("backscatterer.org", "backscatterer.org"),
    BlockList("Mail-Baby", "mxrbl.com"),
    BlockList("Validity Sender Score", "senderscore.com", "senderscore.net", "senderscore.org"),
    BlockList("Lashback", "lashback.com"),
    BlockList("s5h", "s5h.net"),
    BlockList("0spam", "0spam.org"),
    BlockList("IPrange", "iprange.net"),
    BlockList("Woody's SMTP blacklist", "blacklist.woody.ch"),
    BlockList("BlockedServers", "blockedservers.com"),
  ]

  /// The first list whose domain stands in the text, as a zone's name or in a link. The first word of a reply may be the
  /// server's own name.
  static func named(in text: ReplyText) -> BlockList? {
    guard !text.hosts.isEmpty || !text.urls.isEmpty else { return nil }
    let names = text.hosts.dropFirst(text.beginsWithHost ? 1 : 0) + text.urls.map(host(of:))
    for name in names {
      for start in labelStarts(of: name) {
        if let list = byDomain[Array(name[start...])] { return list }
      }
    }
    return nil
  }

  private static let byDomain = Dictionary(
    all.flatMap { list in list.domains.map { (Array($0.utf8), list) } }, uniquingKeysWith: { first, _ in first })

  /// The host of a URL, in lower case.
  private static func host(of url: [UInt8]) -> [UInt8] {
    var rest = url[...]
    if let slash = url.firstIndex(of: 0x2f), slash + 1 < url.count, url[slash + 1] == 0x2f {
      rest = url[(slash + 2)...]
    }
    return rest.prefix { $0 != 0x2f && $0 != 0x3f && $0 != 0x3a && $0 != 0x23 }.map {
      (0x41...0x5a).contains($0) ? $0 | 0x20 : $0
    }
  }

  private static func labelStarts(of name: [UInt8]) -> [Int] {
    [0] + name.indices.filter { name[$0] == 0x2e && $0 + 1 < name.count }.map { $0 + 1 }
  }
}

/// What a refusal says of a listing.
struct BlockListing: Equatable, Sendable {
  /// The zone that it names, as it is written: `zen.spamhaus.org`.
  var zone: [UInt8]?
  var list: BlockList?
  /// The address that it says is listed.
  var address: [UInt8]?
  var url: [UInt8]?

  init(_ list: BlockList?, in text: ReplyText) {
    self.list = list
    url = text.urls.first
    // 127.0.0.x is what a list answers (RFC 5782 section 2.1), not what is listed.
    address = text.ipAddresses.first { !$0.starts(with: "127.".utf8) }
    // A look-up page takes the address as a part of its path or its query.
    if address == nil { address = text.urls.lazy.compactMap(Self.address(in:)).first }
    let hosts = text.hosts.dropFirst(text.beginsWithHost ? 1 : 0)
    if let list {
      zone = hosts.first { host in list.domains.contains { host.reversed().starts(with: $0.utf8.reversed()) } }
    } else {
      zone = Self.zoneBehindWord(in: text)
    }
  }

  /// `blocked using bl.example`: the zone is the host name behind the word.
  private static func zoneBehindWord(in text: ReplyText) -> [UInt8]? {
    var hosts = 0
    let starts = text.starts
    for (number, start) in starts.enumerated() where text.words[start] == ReplyText.Placeholder.host.rawValue {
      defer { hosts += 1 }
      guard number > 0 else { continue }
      let word = text.words[starts[number - 1]..<(start - 1)]
      if ["using", "by", "in", "on", "at", "from"].contains(where: { word.elementsEqual($0.utf8) }) {
        return hosts < text.hosts.count ? text.hosts[hosts] : nil
      }
    }
    return nil
  }

  private static func address(in url: [UInt8]) -> [UInt8]? {
    url.split { !(0x30...0x39).contains($0) && $0 != 0x2e }.map(Array.init).first { run in
      let parts = run.split(separator: 0x2e, omittingEmptySubsequences: false)
      return parts.count == 4 && parts.allSatisfy { (1...3).contains($0.count) }
    }
  }
}
