internal import ArgumentParser
private import Glibc
internal import SMTPAnalysis
internal import Wire

/// What the parser would take for a capture, or for no question at all.
enum MistypedCommand {
  /// The commands that there are.
  private static var names: [String] {
    Smtpscope.configuration.subcommands.map { $0._commandName } + ["help"]
  }

  /// Throws where a command seems to be meant that there is not.
  static func check(_ arguments: [String]) throws(Failure) {
    guard let first = arguments.first else {
      throw Failure(status: .usage, message: "Name a capture: smtpscope CAPTURE. \(Self.help)")
    }
    if first == "help", arguments.count > 1, !arguments[1].hasPrefix("-"), !names.contains(arguments[1]) {
      throw Failure(
        status: .usage,
        message: "There is no command \(String(visible: arguments[1])).\(hint(arguments[1])) \(Self.help)")
    }
    if let habit = habit(first) { throw Failure(status: .usage, message: "\(habit) \(Self.help)") }
    // What may be a file is one.
    guard !first.hasPrefix("-"), !first.contains("/"), !first.contains("."), !names.contains(first),
      unsafe access(first, F_OK) != 0
    else { return }
    let hint = hint(first)
    guard !hint.isEmpty else { return }
    throw Failure(
      status: .usage, message: "\(String(visible: first)) is neither a command nor a file.\(hint) \(Self.help)")
  }

  /// What to write instead of an option that tcpdump and tshark have and this program has not; nil for any other word.
  private static func habit(_ word: String) -> String? {
    switch word {
    case "-r": "Captures are named without -r: smtpscope CAPTURE."
    case "-i": "What passes now is read by smtpscope live -i INTERFACE."
    case "-n", "-nn": "No name is ever looked up, without -n."
    default: nil
    }
  }

  private static let help = "smtpscope --help tells more."

  /// The command that is spelt most like the word, as a question; "" where none is.
  private static func hint(_ word: String) -> String {
    guard word.utf8.count <= 16 else { return "" }
    let distances = names.map { (name: $0, distance: FindingID.distance(from: word.lowercased(), to: $0)) }
    guard let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= 2 else { return "" }
    return " Did you mean \(nearest.name)?"
  }
}
