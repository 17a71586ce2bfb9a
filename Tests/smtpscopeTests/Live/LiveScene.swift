import Foundation
import Glibc
import TestSupport
import Testing

/// Two hosts of their own, joined by a cable: network namespaces with a veth pair, a mail server in one, clients in the
/// other. Everything goes with the value.
final class LiveScene {
  /// Why there can be none; nil where there can.
  static let obstacle: String? = {
    guard geteuid() == 0 else { return "only root can make network namespaces" }
    let name = "smtpscope-\(getpid())-try"
    guard (try? run(["ip", "netns", "add", name])) == 0 else { return "network namespaces cannot be made here" }
    _ = try? run(["ip", "netns", "delete", name])
    guard (try? run(["python3", "-c", "import smtplib"])) == 0 else { return "there is no python3" }
    return nil
  }()

  static var isPossible: Bool {
    if let obstacle { print("live tests are skipped: \(obstacle)") }
    return obstacle == nil
  }

  let folder: Scratch
  let clientHost: String
  let serverHost: String
  let address = "10.77.0.2"
  private var server: Process?
  private static let scripts = Program.root.appending(path: "Tests/smtpscopeTests/Live")

  /// The hosts with their cable, whose ends are both called `wire`.
  init() throws {
    folder = try Scratch()
    // So that nobody in particular may write there.
    unsafe chmod(folder.url.path, 0o777)
    let name = "smtpscope-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    (clientHost, serverHost) = (name + "-c", name + "-s")
    for host in [clientHost, serverHost] {
      #expect(try Self.run(["ip", "netns", "add", host]) == 0)
      #expect(try Self.run(["ip", "-n", host, "link", "set", "lo", "up"]) == 0)
    }
    try joinHosts()
  }

  deinit {
    if let server { stop(server) }
    for host in [clientHost, serverHost] { _ = try? Self.run(["ip", "netns", "delete", host]) }
  }

  /// Makes the cable, as at first or after it was cut.
  func joinHosts() throws {
    #expect(
      try Self.run(["ip", "-n", clientHost, "link", "add", "wire", "type", "veth", "peer", "wire", "netns", serverHost])
        == 0)
    try setUp("wire", number: 0)
  }

  /// Gives an interface of both hosts addresses and brings it up.
  func setUp(_ interface: String, number: Int) throws {
    for (host, place) in [(clientHost, 1), (serverHost, 2)] {
      #expect(
        try Self.run(["ip", "-n", host, "address", "add", "10.77.\(number).\(place)/24", "dev", interface]) == 0)
      #expect(try Self.run(["ip", "-n", host, "link", "set", interface, "up"]) == 0)
    }
  }

  /// - Parameter certificate: A file with a certificate and its key; with it there is STARTTLS.
  func startServer(at address: String = "0.0.0.0", port: Int = 2525, certificate: String? = nil) throws {
    let script = Self.scripts.appending(path: "server.py").path
    try startServer(["python3", script, address, String(port)] + (certificate.map { [$0] } ?? []))
  }

  /// Servers that others wrote, where they are installed.
  enum Server: String, CaseIterable {
    case aiosmtpd, postfix

    /// Debian's Python has Debian's modules.
    private static let python = "/usr/bin/python3"

    var isInstalled: Bool {
      let command: [String] =
        switch self {
        case .aiosmtpd: [Self.python, "-c", "import aiosmtpd.controller"]
        case .postfix: ["sh", "-c", "command -v postfix && id postfix"]
        }
      return (try? LiveScene.run(command)) == 0
    }

    fileprivate func command(in folder: Scratch) -> [String] {
      switch self {
      case .aiosmtpd: [Self.python, LiveScene.scripts.appending(path: "aiosmtpd_server.py").path, "0.0.0.0", "2525"]
      case .postfix: ["sh", LiveScene.scripts.appending(path: "postfix.sh").path, folder.path("postfix"), "2525"]
      }
    }
  }

  func start(_ server: Server) throws { try startServer(server.command(in: folder)) }

  private func startServer(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["ip", "netns", "exec", serverHost] + command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    server = process
    #expect(String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("ready"))
  }

  /// Sends mails, as `client.py` says.
  func send(_ plan: String, to address: String? = nil, port: Int = 2525, keyLog: String? = nil) throws {
    let script = Self.scripts.appending(path: "client.py").path
    #expect(
      try Self.run([
        "env", "SSLKEYLOGFILE=\(keyLog ?? "")", "ip", "netns", "exec", clientHost, "python3", script,
        address ?? self.address, String(port), plan,
      ]) == 0)
  }

  /// Sends packets that no program of the hosts has a part in, by a script that makes them.
  func sendPackets(_ script: String) throws {
    let path = Self.scripts.appending(path: script).path
    #expect(try Self.run(["ip", "netns", "exec", clientHost, "python3", path, "wire"]) == 0)
  }

  /// Runs a command to its end, and gives its status.
  @discardableResult
  static func run(_ command: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Starts `smtpscope live` on the server's host, and waits until it listens.
  func listen(
    _ arguments: [String], on interface: String = "wire", environment: [String: String] = [:], says words: String? = nil
  ) throws -> Listener {
    let command = [try #require(Program.path, "smtpscope is not built"), "live", "-i", interface] + arguments
    return try Listener(
      ["ip", "netns", "exec", serverHost] + command, in: folder, until: words ?? "listening on",
      environment: environment)
  }

  /// Starts another program that listens, on the server's host.
  func start(_ command: [String], until words: String) throws -> Listener {
    try Listener(["ip", "netns", "exec", serverHost] + command, in: folder, until: words)
  }
}

/// Lets a server take its leave: Postfix has processes of its own.
private func stop(_ process: Process) {
  process.terminate()
  for _ in 0..<100 where process.isRunning { usleep(50_000) }
  if process.isRunning { end(process) }
}

/// Ends a process that this one started. The runner's threads block signals and what they start inherits that, so that others
/// need not be heard.
private func end(_ process: Process) {
  kill(process.processIdentifier, SIGKILL)
  process.waitUntilExit()
}

/// A program that goes on until it is told to stop, and what it writes meanwhile.
final class Listener {
  private let process = Process()
  private let outputFile: URL
  private let errorFile: URL

  /// How long anything may take that is waited for: much longer than it does, and than what is started waits itself (a page is
  /// given 60 seconds, behind the start of a browser).
  private static let patience = 180.0 * Double(Sanitizer.patience)

  init(_ command: [String], in folder: Scratch, until words: String, environment: [String: String] = [:]) throws {
    let name = UUID().uuidString
    outputFile = folder.write(Data(), as: name + ".out")
    errorFile = folder.write(Data(), as: name + ".err")
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
      .merging(Sanitizer.options) { $1 }.merging(environment) { $1 }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    try wait("it does not start: \(errors)") { errors.contains(words) }
  }

  deinit {
    if process.isRunning { end(process) }
  }

  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }
  var lines: [Substring] { output.split(separator: "\n") }
  var identifier: Int32 { process.processIdentifier }

  /// Waits until something is so, but not for ever.
  func wait(_ what: @autoclosure () -> String, until isSo: () -> Bool) throws {
    let end = Date.now.addingTimeInterval(Self.patience)
    while !isSo() {
      try #require(Date.now < end, "\(what())")
      usleep(20_000)
    }
  }

  func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Stops it as a person does, and gives its exit status.
  func stop(_ signal: Int32 = SIGINT) -> Int32 {
    send(signal)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}
