/// Calls that show what a command is for: its `--help` ends with them, and the manual takes them from there.
///
/// They work as they stand here where the files that they name are: a test types each.
struct Example {
  var call: String
  var does: String

  init(_ call: String, _ does: String) {
    self.call = call
    self.does = does
  }

  /// The examples by the name of their command; "" are those of the program.
  static let all: [String: [Example]] = [
    "": [
      Example("smtpscope capture.pcap", "What became of each mail, and why."),
      Example(
        "smtpscope --session 2 --dialogue capture.pcap", "A session's transcript, fit to be pasted into a ticket."),
      Example("sudo smtpscope live -i any", "The same of live traffic."),
      Example("smtpscope explain greylisted", "What a finding means, and what to do about it."),
    ],
    "analyze": [
      Example("smtpscope --all capture.pcap | less -R", "Every session in detail, in a pager."),
      Example("smtpscope --to bob@ --outcome deferred capture.pcap", "What kept mails from bob."),
      Example(
        "smtpscope --fail-on error --quiet *.pcap", "Several captures are one; exit status 1 where something is wrong."),
      Example("cat capture.pcap | smtpscope --format ndjson - | jq -r .type", "Records for a script."),
    ],
    "live": [
      Example("sudo smtpscope live -i any", "A line as each transaction ends."),
      Example("sudo smtpscope live -i any --format ndjson --output sessions.ndjson", "A record as each session ends."),
      Example(
        "sudo smtpscope live -i any --finding reply-lost --write lost.pcapng --rotate-size 100M --rotate-count 10",
        "The packets of those sessions that have the finding, the newest gigabyte of them."),
      Example(
        "sudo smtpscope live -i any --metrics 9025",
        "A page to watch at http://localhost:9025, and metrics for Prometheus."),
    ],
    "extract": [
      Example("smtpscope extract capture.pcap -o mails", "Each message as a file of its own, byte for byte."),
      Example(
        "smtpscope extract --attachments --from ann@ capture.pcap -o from-ann", "With the attachments decoded."),
      Example(
        "smtpscope extract --as maildir --to bob@ capture.pcap -o Mail", "A Maildir, to look at with a mail program."),
    ],
    "share": [
      Example("smtpscope share --session 2 capture.pcap -o ask.pcapng", "One session without what is private."),
      Example("smtpscope share --finding greylisted capture.pcap -o greylisting.pcapng", "All that have a finding."),
    ],
    "report": [
      Example("smtpscope report capture.pcap -o report.html", "One page to look at, and to send to others."),
      Example(
        "smtpscope report --outcome deferred --attachments *.pcap -o deferred.html",
        "Only what was put off, with what the mails held."),
    ],
    "stats": [
      Example("smtpscope stats capture.pcap", "Mail in numbers: by hour, server, client, domain and reply code."),
      Example(
        "smtpscope stats --by server,refusal --sort refused --top 0 *.pcap", "Who refuses most, and in which words."),
      Example("smtpscope stats --to @harbour.example --format json capture.pcap", "One domain's mail, for a script."),
    ],
    "compare": [
      Example("smtpscope compare inside.pcap outside.pcap", "What the firewall between two places did to mail."),
      Example(
        "smtpscope compare --format json inside.pcap outside.pcap | jq -r '.pairs[].changes[].kind'",
        "The same for a script."),
    ],
    "explain": [
      Example("smtpscope explain", "All findings."),
      Example("smtpscope explain greylisted", "What one means, how it is seen and what to do."),
    ],
  ]

  /// What a help text ends with; "" where it is of no command. Its usage line tells which one it is of.
  static func section(for help: String) -> String {
    guard let usage = help.split(separator: "\n").first(where: { $0.hasPrefix("USAGE: smtpscope") }) else { return "" }
    let words = usage.split(separator: " ")
    let command = words.count > 2 && all[String(words[2])] != nil ? String(words[2]) : ""
    let examples = all[command] ?? []
    return "\nEXAMPLES:\n" + examples.map { "  \($0.call)\n      \($0.does)\n" }.joined()
  }
}
