internal import ArgumentParser
internal import RecordStore

/// The database that analyze and live write.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write everything into this SQLite database too; one that is there is added to (docs/sqlite.md).",
      valueName: "file"), completion: .file())
  var sqlite: String?

  /// Opens the database where one was asked for.
  func writer(command: String, whenFull: StoreWriter.WhenFull) throws(Failure) -> StoreWriter? {
    guard let sqlite else { return nil }
    return try StoreWriter(sqlite, Self.run(command), whenFull: whenFull)
  }

  /// What the database says of this run.
  static func run(_ command: String) -> RunFacts {
    RunFacts(
      command: command, arguments: shown(CommandLine.arguments), programVersion: Smtpscope.version,
      start: LiveClock.wall)
  }

  /// The command line without what is secret in it.
  private static func shown(_ arguments: [String]) -> [String] {
    var shown = arguments
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix("--token="), !argument.hasPrefix("--token=@") { shown[index] = "--token=*" }
      if index > 0, arguments[index - 1] == "--token", !argument.hasPrefix("@") { shown[index] = "*" }
    }
    return shown
  }
}
