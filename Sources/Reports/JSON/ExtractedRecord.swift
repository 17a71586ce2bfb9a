package import SMTPAnalysis
import TCPStreams
import Wire

/// Where a message stands that was written out.
package struct ExtractedMessage: Equatable, Sendable {
  /// The path of its file within the output directory.
  package var file: String
  /// Of a file with several messages: where this one begins with its `From ` line, and how many bytes it has there.
  package var place: (offset: Int, byteCount: Int)?
  /// Where in the file its holes are; nil where the file has the message byte for byte.
  package var holes: [Int]?

  package init(file: String, place: (offset: Int, byteCount: Int)? = nil, holes: [Int]? = nil) {
    self.file = file
    self.place = place
    self.holes = holes
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.file == other.file && one.holes == other.holes && one.place?.offset == other.place?.offset
      && one.place?.byteCount == other.place?.byteCount
  }
}

extension OutputBuffer {
  /// Appends the `extracted` record of a message, a line of `index.ndjson`, without its line end.
  package mutating func appendRecord(
    _ extracted: ExtractedMessage, of transaction: Transaction, in session: Session, context: ReportContext
  ) {
    let connection = session.connection
    append(literal: "{\"type\":\"extracted\",\"schema\":\"")
    append(recordSchema)
    append(literal: "\",\"file\":")
    appendOrNull(string: extracted.file)
    if let place = extracted.place {
      field("file_offset", place.offset)
      field("file_bytes", place.byteCount)
    }
    field("session", session.id)
    append(literal: ",\"community_id\":\"")
    appendCommunityID(connection.client, connection.server)
    append(literal: "\"")
    key("capture")
    appendFrames(connection, context: context)
    key("client")
    appendEndpoint(connection.client, session.names?.client)
    key("server")
    appendEndpoint(connection.server, session.names?.server)
    field("protocol", word: session.kind.rawValue)
    field("transaction", transaction.id)
    field("first_frame", transaction.firstFrame)
    field("last_frame", transaction.lastFrame)
    field("start", time: transaction.start, decimals: context.timeDecimals)
    field("end", time: transaction.end, decimals: context.timeDecimals)
    field("mail_from", text: transaction.reversePath)
    key("recipients")
    appendRecipients(transaction.recipients.span)
    field("transfer", word: transaction.transfer?.rawValue)
    let decisive = transaction.dataOutcomeReply
    field("data_code", decisive?.digits)
    field("data_enhanced", status: decisive?.enhanced)
    field("data_text", text: decisive?.text)
    field("outcome", word: transaction.outcome.rawValue)
    key("message")
    if let message = transaction.message {
      appendMessage(message, of: transaction, holesInFile: extracted.holes)
    } else {
      append(literal: "null")
    }
    append(literal: "}")
  }
}

extension Transaction {
  /// The last frame that is known to be of it, by the order of the dialogue: each file of a ring counts from 1.
  var lastFrame: Int {
    if let endReply { return endReply.frame }
    return message?.lastFrame ?? dataReply?.frame ?? recipients.last?.reply?.frame ?? mailReply?.frame
      ?? firstFrame
  }
}
