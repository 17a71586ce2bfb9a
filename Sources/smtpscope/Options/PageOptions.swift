internal import ArgumentParser
private import Glibc
internal import LivePage

/// Metrics and the live page.
struct PageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Serve a page to watch, and metrics for Prometheus at /metrics: 9025 for programs on this host only, ADDRESS:PORT for an address. Port 0 takes any. Dialogues are kept for the page.",
      valueName: "[address:]port"))
  var metrics: MetricsAddress?

  @Option(
    help: ArgumentHelp(
      "What readers of --metrics have to show: Authorization: Bearer TOKEN, or ?token=TOKEN. @FILE reads it from a file. Needed where the address is not this host's own.",
      valueName: "token|@file"))
  var token: AccessToken?

  @Flag(help: "Let everybody read who can reach the address.")
  var noToken = false

  func validate() throws {
    guard let metrics else {
      if token != nil || noToken { throw ValidationError("--token and --no-token are about --metrics: name a port.") }
      return
    }
    if token != nil, noToken { throw ValidationError("Either --token or --no-token, not both.") }
    let address = metrics.address
    if !address.isLoopback, token == nil, !noToken {
      throw ValidationError(
        "--metrics \(address.host):\(address.port) can be reached by other hosts, and the page shows who writes to whom. Give a --token, or say --no-token."
      )
    }
  }

  /// Who may read.
  var access: PageAccess {
    if let token { return .token(token.text) }
    return noToken ? .everybody : .local
  }
}

/// An address and a port as they are typed.
struct MetricsAddress: ExpressibleByArgument {
  var address: PageAddress

  init?(argument: String) {
    guard let address = PageAddress(argument) else { return nil }
    self.address = address
  }
}

/// What opens the page, given as it is or in a file: other users of the host see a command line, and not a file.
struct AccessToken: ExpressibleByArgument {
  var text: String

  init?(argument: String) {
    text = argument
    if argument.first == "@" {
      guard let content = Self.content(of: String(argument.dropFirst())) else { return nil }
      text = content
    }
    guard !text.isEmpty, text.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) }) else { return nil }
  }

  /// The first line of a file; nil where it cannot be read or is too long for a token.
  private static func content(of path: String) -> String? {
    // The path is a copy that ends with a zero, for the call.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    // read(2) fills in as many bytes as it says.
    let count = unsafe read(file, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count].prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
  }
}
