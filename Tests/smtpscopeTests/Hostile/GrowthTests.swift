import Foundation
import Testing

/// Traffic that is made to make its reader slow or fat, as `Tests/Tools/hostile_traffic.py` writes it.
///
/// Four times as much may take four times the processor's time and some more, and no more memory than the bounds allow.
@Suite(.serialized, .enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct GrowthTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    /// How much of it: long enough to be measured, four times as much behind it.
    var size: Int
    var options: [String] = ["--format", "ndjson"]
    /// Bytes that are taken at most, whatever its size.
    var memory = 300 << 20
    /// What the output of the larger one says of what was cut or left out; nil where nothing is.
    var says: String?

    var testDescription: String { ([name] + options).joined(separator: " ") }
  }

  private static let attacks: [Attack] = [
    Attack(name: "tiny_segments_shuffled", size: 10_000),
    Attack(name: "tiny_segments_behind_a_hole", size: 10_000, says: "\"heavy-loss\""),
    Attack(name: "backwards", size: 10_000),
    Attack(name: "overlap_storm", size: 10_000),
    Attack(name: "comb_and_covers", size: 4000),
    Attack(name: "same_segment_again", size: 10_000),
    Attack(name: "holes", size: 5000),
    Attack(name: "recipients", size: 5000),
    Attack(name: "recipients_by_lmtp", size: 5000),
    Attack(name: "recipients_that_nobody_answers", size: 20_000),
    Attack(name: "recipients_without_brackets", size: 5000),
    Attack(name: "recipients_beyond_ascii", size: 5000),
    Attack(name: "logins_by_many_mechanisms", size: 5000),
    Attack(name: "recipients", size: 5000, options: ["--format", "csv"]),
    Attack(name: "recipients", size: 5000, options: ["--format", "eve"]),
    Attack(name: "recipients", size: 5000, options: ["--format", "json", "--dialogue"]),
    Attack(name: "transactions", size: 4000, options: []),
    Attack(name: "mails_of_one_session", size: 2500),
    Attack(name: "mails_of_one_session", size: 2500, options: ["--format", "zeek"]),
    Attack(name: "mails_in_chunks_of_one_session", size: 2500),
    Attack(name: "mail_put_off_again", size: 1000, options: []),
    Attack(name: "replies_that_nobody_asked_for", size: 20_000),
    Attack(name: "unknown_commands", size: 5000),
    Attack(name: "hellos", size: 5000),
    Attack(name: "logins", size: 5000),
    Attack(name: "endless_command", size: 10_000),
    Attack(name: "endless_reply", size: 10_000),
    Attack(name: "reply_of_many_lines", size: 10_000),
    Attack(name: "endless_line_of_text", size: 5000),
    Attack(name: "early_text", size: 5000),
    Attack(name: "one_byte_chunks", size: 10_000),
    Attack(name: "dotted_lines", size: 10_000),
    Attack(name: "mime_nested", size: 5000, options: ["--attachments", "--format", "ndjson"], says: "\"mime-broken\""),
    Attack(
      name: "mime_messages_nested", size: 10_000, options: ["--attachments", "--format", "ndjson"],
      says: "\"mime-broken\""),
    Attack(name: "mime_parts", size: 5000, options: ["--attachments", "--format", "ndjson"]),
    Attack(name: "parameters", size: 10_000, options: ["--attachments", "--format", "ndjson"]),
    Attack(name: "addresses", size: 5000, options: ["--attachments", "--format", "ndjson"]),
    Attack(name: "header_lines", size: 10_000),
    Attack(name: "header_folded", size: 10_000),
    Attack(name: "encoded_words", size: 10_000),
    Attack(name: "received_fields", size: 10_000, options: []),
    Attack(name: "signatures", size: 5000, options: ["--dkim", "always"]),
    Attack(name: "compressed_bomb", size: 10_000),
    Attack(name: "compressed_text", size: 1500),
    Attack(name: "colliding_flows", size: 8000),
    Attack(name: "flows_of_a_grid", size: 5000),
    Attack(name: "half_open_flood", size: 5000),
    Attack(name: "sessions_of_one_packet", size: 5000),
    Attack(name: "sessions_of_one_packet", size: 4000, options: ["stats"]),
    Attack(name: "sessions_of_one_packet", size: 4000, options: []),
    Attack(name: "sessions_of_one_packet_elsewhere", size: 5000),
    Attack(name: "short_connections_again", size: 5000),
    Attack(name: "fragments_never_completed", size: 20_000),
    Attack(name: "fragments_of_one_datagram", size: 20_000),
    Attack(name: "clock_that_leaps", size: 5000),
    Attack(name: "lookups", size: 10_000),
    Attack(name: "tiny_records", size: 20_000),
    // Below that its pieces are not yet as many as a connection holds.
    Attack(name: "overlaps_both_ways", size: 20_000),
    Attack(name: "selective_acknowledgments", size: 5000),
    Attack(name: "windows_closed_again", size: 5000),
    Attack(name: "extension_headers", size: 5000),
    Attack(name: "tunnels_in_tunnels", size: 5000),
    Attack(name: "unreachable", size: 10_000),
    Attack(name: "compressed_names", size: 500),
    Attack(name: "pointers_in_a_circle", size: 250),
    Attack(name: "proxy_lines", size: 5000),
    Attack(name: "help_of_many_lines", size: 10_000),
    Attack(name: "lists_expanded", size: 20_000),
    Attack(name: "refusals_of_many_lines", size: 10_000, options: []),
    Attack(name: "hello_requests", size: 10_000),
    Attack(name: "renegotiations", size: 10_000),
    Attack(name: "session_tickets", size: 10_000),
    Attack(name: "certificates_again", size: 10_000),
    Attack(name: "alerts", size: 10_000),
    Attack(name: "empty_records", size: 10_000),
    Attack(name: "names_without_end", size: 2500, options: ["stats"]),
    Attack(name: "names_without_end", size: 2500, options: []),
  ]

  /// Processor time of 4 n may be so many times that of n.
  private static let allowedGrowth = 6.0

  @Test(.enabled(if: isSlowWelcome, "SMTPSCOPE_SLOW_TESTS=1 attacks at two sizes"), arguments: attacks)
  func `four times as much takes four times the time, and bounded memory`(attack: Attack) throws {
    try expectBoundedGrowth(attack)
  }

  private static let isSlowWelcome = ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1"
  /// They take more than what runs before a merge may.
  private static let areMillionsWelcome = ProcessInfo.processInfo.environment["SMTPSCOPE_MILLIONS"] == "1"

  /// What docs/live.md says that as many connections as there may be take.
  private static let allConnections = 3 << 29

  /// A million of what is small, and headers of a hundred megabytes.
  private static let large: [Attack] = [
    Attack(name: "tiny_segments_behind_a_hole", size: 250_000, says: "\"heavy-loss\""),
    Attack(name: "overlap_storm", size: 100_000),
    Attack(name: "recipients", size: 250_000, memory: 1 << 30, says: "\"omitted_recipients\":900000"),
    Attack(name: "logins", size: 250_000, says: "\"omitted_logins\":980000"),
    Attack(name: "one_byte_chunks", size: 250_000),
    Attack(name: "endless_command", size: 250_000),
    Attack(name: "header_folded", size: 312_500),
    Attack(name: "mails_of_one_session", size: 25_000, memory: 1 << 30, says: "\"omitted_transactions\":"),
    Attack(name: "half_open_flood", size: 250_000, memory: allConnections, says: "\"evicted_connections\":"),
    Attack(name: "colliding_flows", size: 100_000, memory: allConnections),
    Attack(name: "sessions_of_one_packet", size: 250_000, memory: allConnections, says: "\"evicted_connections\":"),
    Attack(name: "fragments_never_completed", size: 250_000),
  ]

  @Test(.enabled(if: areMillionsWelcome, "SMTPSCOPE_MILLIONS=1 sends a million of each"), arguments: large)
  func `a million take four times what a quarter of them takes`(attack: Attack) throws {
    try expectBoundedGrowth(attack)
  }

  private struct Run: Decodable {
    var seconds: Double
    var memory: Int
    var status: Int32
    var output: String
    var tail: String
    var errors: String
  }

  private func expectBoundedGrowth(_ attack: Attack) throws {
    let result = try Python.run(
      ["Tests/Tools/hostile_traffic.py", "measure", attack.name, "\(attack.size)", try #require(Program.path)]
        + attack.options)
    #expect(result.status == 0, "\(result.errors)")
    let runs = try JSONDecoder().decode([Run].self, from: Data(result.output.utf8))
    try #require(runs.count == 2)
    for run in runs { #expect(run.status == 0 && run.errors == "", "\(run.status) \(run.errors)") }
    let growth = runs[1].seconds / runs[0].seconds
    // What is over in a blink says nothing.
    #expect(runs[1].seconds < 0.1 || growth <= Self.allowedGrowth, "\(runs[0].seconds) s, then \(runs[1].seconds) s")
    #expect(runs[1].memory < attack.memory, "\(runs[1].memory >> 20) MiB")
    if let words = attack.says {
      // An output of megabytes is nothing to be shown.
      let isSaid = (runs[1].output + runs[1].tail).contains(words)
      #expect(isSaid, "\(runs[1].tail.suffix(2000))")
    }
  }
}
