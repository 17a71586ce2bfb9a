// smtpscope: the command line. Options, wiring, files and terminal; what is known of captures and mail is in the layers.

internal import ArgumentParser
private import Glibc
internal import Wire

/// The command and its subcommands.
@main
struct Smtpscope: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "smtpscope",
    abstract: "Reads packet captures and says what became of each mail, recipient by recipient, and why.",
    discussion: """
      smtpscope CAPTURE…  is the same as  smtpscope analyze CAPTURE…

      Exit status: 0 done; 1 --fail-on matched; 2 the command line is wrong; 3 an input could not be read to its end (what was read is \
      reported); 4 an output could not be written.
      """,
    version: "smtpscope \(version)",
    subcommands: [
      Analyze.self, Live.self, Extract.self, ReportPage.self, Stats.self, Compare.self, Share.self, Explain.self,
    ],
    defaultSubcommand: Analyze.self)

  static func main() {
    // A reader that goes away is told by write(2), where the message can name it.
    _ = signal(SIGPIPE, SIG_IGN)
    // So is a file that grew to its limit (ulimit -f).
    _ = signal(SIGXFSZ, SIG_IGN)
    // Here nothing is left of what was thrown. An error of the parser that is alive at the exit holds arrays by pointers with its
    // case in their spare bits, which a search for leaks does not know for pointers.
    Glibc.exit(exitStatus(of: Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}

extension Smtpscope {
  /// Parses, runs, and turns what was thrown into a line and the contract's exit status.
  private static func exitStatus(of arguments: [String]) -> ExitStatus {
    do {
      if arguments == ["--version"] {
        // Scripts ask this often; the parser would read every option's declaration first.
        StandardOutput.sayAndForget(configuration.version)
        return .done
      }
      try MistypedCommand.check(arguments)
      var command = try command(from: arguments)
      try command.run()
      return .done
    } catch let failure as Failure {
      if !failure.message.isEmpty { StandardError.say("smtpscope: \(failure.message)") }
      return failure.status
    } catch {
      let isHelp = exitCode(for: error).isSuccess
      let text = fullMessage(for: error)
      if isHelp {
        StandardOutput.sayAndForget(text + Example.section(for: text))
        return .done
      }
      StandardError.say(visible(text.hasPrefix("Error: ") ? "smtpscope: " + text.dropFirst(7) : text))
      return .usage
    }
  }

  /// What the command line asks for.
  ///
  /// Where a command stands in front, or a capture, that command parses alone: for all commands together the parser reads the
  /// declarations of the options several times over, which takes longer than a small capture. What does not parse so is parsed
  /// with all of them, whose words of help and errors are the ones that people see.
  private static func command(from arguments: [String]) throws -> any ParsableCommand {
    if let first = arguments.first, first != "help", first != "--version" {
      let named = configuration.subcommands.first { $0.configuration.commandName == first }
      if named == nil || named == Analyze.self, let plain = Analyze(plain: arguments.dropFirst(named == nil ? 0 : 1)) {
        return plain
      }
      let command = named ?? Analyze.self
      let parsed = try? command.parseAsRoot(named == nil ? arguments : Array(arguments.dropFirst()))
      if let parsed, type(of: parsed) == command { return parsed }
    }
    return try parseAsRoot(arguments)
  }
}

/// The parser's words, in which what the command line says stands as it was written.
private func visible(_ text: String) -> String {
  var shown: [UInt8] = []
  for (index, line) in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
    if index > 0 { shown.append(0x0a) }
    let line = Array(line)
    VisibleText.append(line.span, to: &shown, doublesBackslash: false)
  }
  return String(decoding: shown, as: UTF8.self)
}

/// The contract's exit statuses.
enum ExitStatus: Int32 {
  case done = 0
  case failOnMatched = 1
  case usage = 2
  case inputIncomplete = 3
  case outputFailed = 4
}

/// What ends the program early: one line, and a status.
struct Failure: Error {
  var status: ExitStatus
  /// Empty where everything was said already.
  var message: String
}
