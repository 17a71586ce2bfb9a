import Foundation
import SMTPAnalysis
import Testing

@Test(arguments: FindingID.allCases)
func `a finding's entry is its own`(id: FindingID) {
  #expect(id.entry.id == id)
}

@Test func `the parts of the catalogue hold each finding once`() {
  #expect(FindingGroup.allCases.flatMap(\.findings) == FindingID.allCases)
  #expect(FindingGroup.allCases.allSatisfy { !$0.findings.isEmpty })
}

/// Scripts rely on severities (`--fail-on`): a change has to be made here too. What stands in neither list is an error.
private let infos: Set<FindingID> = [
  .outcomeEncrypted, .heloInvalid, .sizeUnderdeclared, .transactionAbandoned, .noQUIT, .greetingDelayed, .replyTooLong,
  .replySlow, .enhancedStatusMismatch, .starttlsNotOffered, .starttlsNotUsed, .headerMissing, .headerMalformed,
  .duplicateMessage, .captureMidstream, .captureEnded, .badChecksum,
]
private let warnings: Set<FindingID> = [
  .notSMTPClient, .greylisted, .tooManyRecipients, .starttlsRefused, .receiverStalled, .heavyLoss, .earlyTalker,
  .missingHELO, .commandOutOfOrder, .commandUnknown, .commandSyntax, .commandTooLong, .pathTooLong,
  .parameterNotOffered, .pipeliningNotOffered, .pipeliningPastBarrier, .bareLF, .bareCR, .lineTooLong,
  .eightBitNotDeclared, .nulInData, .dotNotStuffed, .smtputf8Missing, .credentialsInClear, .replyMalformed,
  .replyCodeChanged, .replyUnexpected, .replyInvalidForCommand, .replyMissing, .serverClosedWithout421,
  .serverErrorSwallowed, .middleboxInspection, .ehloNotRepeated, .tlsOutdated, .certificateExpired,
  .certificateNameMismatch, .certificateSelfSigned, .headerDuplicated, .mimeBroken, .dkimBodyAltered, .captureGap,
  .captureClipped, .captureOneSided, .captureDropped, .inconsistentRetransmission,
]

@Test(arguments: FindingID.allCases)
func `severities stay`(id: FindingID) {
  #expect(id.entry.severity == (infos.contains(id) ? .info : warnings.contains(id) ? .warning : .error))
}

@Test(arguments: FindingID.allCases)
func `an entry says everything, in the catalogue's style`(id: FindingID) {
  let entry = id.entry
  let texts = [entry.title, entry.explanation, entry.seenWhen, entry.whatToDo] + entry.references
  for text in texts {
    #expect(!text.isEmpty && text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }, "\(text)")
    #expect(!text.contains("  ") && text.trimmingCharacters(in: .whitespaces) == text, "\(text)")
  }
  #expect(entry.title.count <= 60 && !entry.title.hasSuffix("."))
  let sentences = entry.explanation.components(separatedBy: ". ").count
  #expect((1...5).contains(sentences) && entry.explanation.hasSuffix("."))
  #expect(!entry.seenWhen.hasSuffix(".") && !entry.whatToDo.hasSuffix("."))
  #expect(Set(entry.references).count == entry.references.count)
}

@Test(arguments: FindingID.allCases)
func `references have one form, the standard's section first`(id: FindingID) {
  let references = id.entry.references
  let isManual = id == .captureClipped || id == .captureDropped
  #expect(references.first?.hasPrefix("RFC ") == !isManual)
  for reference in references where reference.hasPrefix("RFC") {
    #expect(reference.wholeMatch(of: /RFC [1-9][0-9]{2,3}( section [1-9][0-9]*(\.[0-9]+)*)?/) != nil, "\(reference)")
  }
}

@Test func `ids are words with hyphens`() {
  for id in FindingID.allCases {
    #expect(id.rawValue.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
    #expect(FindingID(named: id.rawValue.uppercased().replacing("-", with: "_")) == id)
  }
}

@Test(
  arguments: [
    ("mailbox", [.mailboxUnknown, .mailboxFull]), ("reply-l", [.replyLost]), ("blackhole", [.pathMTUBlackhole]),
    ("blacklisted", [.blocklisted]), ("graylisted", [.greylisted]), ("mailbx", [.mailboxUnknown, .mailboxFull]),
    ("Reply_Lots", [.replyLost]), ("zzzzzzzz", []), ("", []), (String(repeating: "a", count: 100_000), []),
  ] as [(String, [FindingID])])
func `a wrong name suggests what was meant`(name: String, suggestions: [FindingID]) {
  let found = FindingID.suggestions(for: name)
  #expect(found.starts(with: suggestions) && found.isEmpty == suggestions.isEmpty, "\(found)")
  #expect(found.count <= 5)
  #expect(FindingID(named: name) == nil)
}

@Test func `severities are ordered`() {
  #expect(Severity.allCases.sorted() == [.info, .warning, .error])
}

/// The page that `docs/findings.md` is; `SMTPSCOPE_RECORD=1 swift test` writes it.
private var page: String {
  var page = """
    # Findings

    What smtpscope says is wrong, odd or worth knowing, by the ids that `--finding`, the JSON records and
    `smtpscope explain` use. **error**: mail was not delivered, or will break. **warning**: a violation or a risk.
    **info**: worth knowing. Circumstances may make a finding more or less severe than it is listed here.

    This page is written by the tests from the catalogue in `Sources/SMTPAnalysis/Findings/Catalogue`.

    """
  for group in FindingGroup.allCases {
    page += "\n## \(group.rawValue)\n\n| finding | severity | what it means |\n|---|---|---|\n"
    for id in group.findings {
      page += "| [`\(id.rawValue)`](#\(id.rawValue)) | \(id.entry.severity.rawValue) | \(id.entry.title) |\n"
    }
    for id in group.findings {
      let entry = id.entry
      page += """

        ### \(id.rawValue)

        *\(entry.severity.rawValue)*: \(entry.title)

        \(entry.explanation)

        **Seen when** \(entry.seenWhen).

        **What to do**: \(entry.whatToDo).

        **See** \(entry.references.joined(separator: ", ")).

        """
    }
  }
  return page
}

@Test func `the documentation is the catalogue's`() throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "../../docs/findings.md")
  if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
    try page.write(to: file, atomically: true, encoding: .utf8)
  } else {
    let isSame = try String(contentsOf: file, encoding: .utf8) == page
    #expect(isSame, "record it again: SMTPSCOPE_RECORD=1 swift test --filter CatalogueTests")
  }
}
