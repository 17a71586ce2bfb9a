internal import GRDB

/// The tables that rows are put into.
enum Table: String, CaseIterable {
  case captures, notes, sessions, tcp, icmpErrors = "icmp_errors", tls, certificates
  case sessionCertificates = "session_certificates", tlsAlerts = "tls_alerts", auth, hindsight, dialogue
  case transactions, recipients, messages, received, dkim, attachments, urls, mimeProblems = "mime_problems"
  case phases, findings
  /// The index of the full-text search.
  case mailSearch = "mail_search"
}

/// A prepared statement for each table, for one connection to the database.
struct Insertions {
  private let database: Database
  private var statements: [Table: Statement] = [:]

  init(_ database: Database) throws {
    self.database = database
    for table in Table.allCases {
      var columns = try String.fetchAll(
        database, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid", arguments: [table.rawValue])
      if table == .mailSearch { columns.insert("rowid", at: 0) }
      let places = columns.map { _ in "?" }.joined(separator: ", ")
      let ignores = table == .certificates ? "OR IGNORE " : ""
      statements[table] = try database.makeStatement(
        sql: "INSERT \(ignores)INTO \(table.rawValue) (\(columns.joined(separator: ", "))) VALUES (\(places))")
    }
  }

  /// Puts a row into a table; gives its rowid where it has one.
  @discardableResult
  func insert(_ row: Row, into table: Table) throws -> Int64 {
    try statements[table]?.execute(arguments: StatementArguments(row.values))
    return database.lastInsertedRowID
  }
}
