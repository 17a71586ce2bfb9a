/// What the messages were.
enum MessageGroup {
  static let checks: [any FindingCheck.Type] = [
    HeaderMissing.self, HeaderDuplicated.self, HeaderMalformed.self, DKIMBodyAltered.self,
    MIMEBroken.self,
  ]
}
