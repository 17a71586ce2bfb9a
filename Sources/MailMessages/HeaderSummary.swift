/// The fields of a message's header section that a report shows (RFC 5322 section 3.6), decoded to text.
package struct HeaderSummary: Equatable, Sendable {
  package var subject: String?
  package var from: String?
  package var to: String?
  package var date: String?
  package var messageID: String?

  package init() {}
}
