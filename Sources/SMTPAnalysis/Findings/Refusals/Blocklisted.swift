internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let blocklisted = CatalogueEntry(
    .blocklisted, .error, "refused because of a block list",
    explanation: """
      The server looked up the client's address, or a domain in the mail, in a block list or a reputation service and \
      refused because of it. The reply often names the list, the address and a page that explains the listing. The \
      listed address may be a NAT's that others share.
      """,
    seenWhen: "a 4xx or 5xx reply that names a block list, gives a look-up address, or speaks of poor reputation",
    whatToDo: """
      open the page that the reply names; stop what caused the listing (a hacked account, an open relay, a web form), \
      then ask for delisting; check whether the listed address is the one you think you send from
      """,
    references: ["RFC 5782 section 2.1", "RFC 3463 section 3.8"])
}

/// A refusal that names a block list or a reputation.
enum Blocklisted: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.blocklisted) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  private static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    guard let listing = refusal.reading.listing else { return "" }
    if turnedTheQueryAway(refusal.reply) {
      return
        "The list\(listing.list.map { " (\($0.name))" } ?? "") did not answer the receiver's query but turned it away, and the receiver took that for a listing: nothing shows that \(evidence.facts.client.address) is listed. The receiver must query it by a resolver of its own."
    }
    let client = String(describing: evidence.facts.client.address)
    var sentence: String
    if let zone = listing.zone {
      sentence = "The list is \(visible(zone))\(listing.list.map { " (\($0.name))" } ?? "")"
    } else {
      sentence = listing.list.map { "The list is \($0.name)'s" } ?? "It is a matter of reputation"
    }
    if let address = listing.address {
      sentence += ", the listed address \(visible(address))"
      // An IPv6 address can be written in many ways, and behind a proxy the client is another than the peer.
      if !equalsIgnoringCase(address, client.utf8), !address.contains(0x3a), evidence.session.proxy == nil {
        sentence += ", not the \(client) that connected (a NAT, a proxy or a relay lies between)"
      }
    }
    // The reply's own link is in the words already.
    if listing.url == nil, let page = listing.list?.page { sentence += "; see \(page)" }
    return sentence + "."
  }

  /// What Spamhaus answers to open resolvers and to those that ask too much (127.255.255.25x) is no listing.
  private static func turnedTheQueryAway(_ reply: ReplyRecord) -> Bool {
    let words = reply.smallLetters
    let phrases: [StaticString] = [
      "error: open resolver", "error: too many queries", "error: excessive", "error: query via public", "/returnc/pub",
      "/returnc/vol", "127.255.255.",
    ]
    return phrases.contains { words.span.holds($0) }
  }
}
