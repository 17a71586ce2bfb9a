import Foundation
import Glibc
import TestSupport
import Testing

/// `smtpscope live` beside a mail server that mails are really sent to. One after the other: each waits for time to pass.
@Suite(
  .serialized, .enabled(if: LiveScene.isPossible, "needs root and network namespaces"),
  .timeLimit(.minutes(80 * Sanitizer.patience)))
struct LiveTests {
  @Test(arguments: [["--jobs", "1"], ["--jobs", "2"], ["--immediate"]])
  func `live records are those of a recording of the same traffic`(_ options: [String]) throws {
    let scene = try LiveScene()
    try scene.startServer()
    try holdAgainstRecording(scene, "dprglte", options)
  }

  @Test(arguments: LiveScene.Server.allCases)
  func `live records of servers that others wrote are those of a recording`(_ server: LiveScene.Server) throws {
    guard server.isInstalled else {
      print("\(server.rawValue) is not installed: the live test with it is skipped")
      return
    }
    let scene = try LiveScene()
    try scene.start(server)
    try holdAgainstRecording(scene, "dprtle", [])
  }

  private func holdAgainstRecording(_ scene: LiveScene, _ plan: String, _ options: [String]) throws {
    let own = scene.folder.path("own.pcapng")
    let live = try scene.listen(["--format", "ndjson", "--write", own, "--user", "root"] + options)
    var recording: Listener?
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump") {
      recording = try scene.start(
        [
          "tcpdump", "-i", "wire", "-U", "-B", "65536", "-Z", "root", "--time-stamp-precision", "nano", "-w",
          scene.folder.path("tcpdump.pcap"), "tcp port 2525",
        ], until: "listening on")
    }
    try scene.send(plan)
    // As each session ends, while the capture goes on.
    try live.wait("records are missing: \(live.output)") { live.lines.count == plan.count }
    #expect(live.stop() == 0)
    _ = recording?.stop(SIGKILL)

    let records = sessions(live.output)
    #expect(records.count == plan.count)
    #expect(live.lines.last?.contains("\"type\":\"summary\"") == true)
    for file in [own] + (recording == nil ? [] : [scene.folder.path("tcpdump.pcap")]) {
      let read = try Program.run(["analyze", "--format", "ndjson", file])
      #expect(read.status == 0, "\(read.errors)")
      // Another socket stamps packets a little later, and has them in another order at times, on a busy machine those of
      // one direction too.
      let isOwn = file == own
      #expect(
        sessions(read.output).map { isOwn ? $0 : timeless($0) } == records.map { isOwn ? $0 : timeless($0) },
        "\(file) says something else")
    }
  }

  @Test func `each transaction is a line when it ends, and the sums stand at the end`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen([])
    try scene.send("pt")
    try live.wait("lines are missing: \(live.output)") { live.lines.count >= 3 }
    #expect(live.output.contains("10.77.0.1 → mx.harbour.example"))
    #expect(live.lines[0].contains("◐ 1 of 2 not: 550 5.1.1 User unknown in virtual mailbox table [mailbox-unknown]"))
    #expect(live.lines[1].hasSuffix("✓"))
    live.send(SIGUSR1)
    try live.wait("no statistics") { live.errors.contains("statistics after") }
    #expect(live.errors.contains("wire: ") && live.errors.contains(" open, "))
    #expect(live.stop(SIGTERM) == 0)
    #expect(live.output.contains("2 sessions · 3 messages · 2 accepted · 1 partly accepted"))
    #expect(live.output.contains("none dropped by the kernel"))
  }

  @Test func `evidence and messages of what matches are kept, as nobody in particular`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let folder = scene.folder
    let live = try scene.listen([
      "--finding", "mailbox-unknown", "--write", folder.path("evidence.pcapng"), "--save", folder.path("mail"),
      "--output", folder.path("records.txt"), "--verbose",
    ])
    let status = try String(contentsOfFile: "/proc/\(live.identifier)/status", encoding: .utf8)
    #expect(status.contains("CapEff:\t0000000000000000") && status.contains("CapPrm:\t0000000000000000"))
    #expect(status.contains("NoNewPrivs:\t1"))
    #expect(!status.contains("Uid:\t0"))

    try scene.send("dprd")
    let records = { (try? String(contentsOfFile: folder.path("records.txt"), encoding: .utf8)) ?? "" }
    try live.wait("nothing is written: \(records())") { records().count(where: \.isNewline) == 2 }
    // Moved away, and opened anew.
    unsafe rename(folder.path("records.txt"), folder.path("records.1"))
    live.send(SIGHUP)
    try live.wait("no new file") { FileManager.default.fileExists(atPath: folder.path("records.txt")) }
    try live.wait("no evidence") {
      (try? Data(contentsOf: URL(filePath: folder.path("evidence.pcapng"))).count) ?? 0 > 500
    }
    #expect(live.stop() == 0)
    #expect(live.errors.contains("1 message written to"))
    #expect(records().contains("2 sessions"))

    let read = try Program.run(["analyze", "--format", "ndjson", folder.path("evidence.pcapng")])
    #expect(sessions(read.output).count == 2)
    #expect(!read.output.contains("\"findings\":[]"))
    let mails = try FileManager.default.contentsOfDirectory(atPath: folder.path("mail")).sorted()
    #expect(mails == ["2-1.eml", "index.ndjson"])
  }

  @Test(arguments: [[], ["--immediate"]])
  func `a key log that grows while live runs opens the sessions that begin`(_ options: [String]) throws {
    let scene = try LiveScene()
    let certificate = scene.folder.path("mx.pem")
    #expect(
      try LiveScene.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx.harbour.example", "-keyout",
        certificate, "-out", scene.folder.path("certificate.pem"),
      ]) == 0)
    let parts = try ["mx.pem", "certificate.pem"].map { try Data(contentsOf: URL(filePath: scene.folder.path($0))) }
    try (parts[0] + parts[1]).write(to: URL(filePath: certificate))
    try scene.startServer(certificate: certificate)
    let log = scene.folder.path("keys.log")
    try Data().write(to: URL(filePath: log))
    let live = try scene.listen(["--format", "ndjson", "--keylog", log] + options)
    #expect(!live.errors.contains("no TLS secrets"))
    for _ in 0..<3 { try scene.send("ss", keyLog: log) }
    // Cut, and begun anew: what rotates logs does so. What had not been read by then would be lost.
    try live.wait("records are missing: \(live.output)") { live.lines.count == 6 }
    try Data().write(to: URL(filePath: log))
    try scene.send("s", keyLog: log)
    try live.wait("records are missing: \(live.output)") { live.lines.count == 7 }
    #expect(live.stop() == 0)
    let records = sessions(live.output)
    #expect(records.count == 7)
    for record in records {
      #expect(record.contains("\"decrypted\":true") && record.contains("\"subject\":\"s "), "\(record)")
    }
  }

  @Test func `a ring keeps the newest files`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen([
      "--write", scene.folder.path("ring.pcapng"), "--rotate-size", "2K", "--rotate-count", "3", "--format", "ndjson",
    ])
    try scene.send("dddddddd")
    try live.wait("records are missing") { live.lines.count == 8 }
    #expect(live.stop() == 0)
    let files = scene.folder.names.filter { $0.hasPrefix("ring_") }
    #expect(files.count == 3)
    let read = try Program.run(["analyze", "--format", "ndjson"] + files.map(scene.folder.path))
    #expect(read.status == 0 && !sessions(read.output).isEmpty)
  }

  @Test func `an interface that goes down, or is made anew, is taken up again`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen(["--format", "ndjson"])
    try scene.send("d")
    try LiveScene.run(["ip", "-n", scene.serverHost, "link", "set", "wire", "down"])
    try live.wait("not noticed") { live.errors.contains("nothing comes from it any more") }
    try LiveScene.run(["ip", "-n", scene.serverHost, "link", "set", "wire", "up"])
    try live.wait("not noticed: \(live.errors)") { live.errors.contains("is back") }
    try scene.send("d")
    try live.wait("records are missing") { live.lines.count == 2 }
    try LiveScene.run(["ip", "-n", scene.serverHost, "link", "delete", "wire"])
    try live.wait("not noticed: \(live.errors)") { live.errors.count(of: "nothing comes from it any more") == 2 }
    try scene.joinHosts()
    try live.wait("not noticed: \(live.errors)") { live.errors.count(of: "is back") == 2 }
    try scene.send("d")
    try live.wait("records are missing: \(live.errors)") { live.lines.count == 3 }
    #expect(live.stop() == 0)
  }

  @Test func `several interfaces are one, and so is any`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let both = try scene.listen(["-i", "wire", "--format", "ndjson"], on: "lo")
    let all = try scene.listen(["--format", "ndjson"], on: "any")
    try scene.send("p")
    for listener in [both, all] {
      try listener.wait("no record: \(listener.errors)") { listener.lines.count == 1 }
      #expect(listener.output.contains("\"ip\":\"10.77.0.1\"") && listener.output.contains("partially_accepted"))
      #expect(listener.stop() == 0)
    }
  }

  @Test func `who reads late gets everything`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let pipe = Pipe()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "ip", "netns", "exec", scene.serverHost, try #require(Program.path), "live", "-i", "wire", "--format", "ndjson",
    ]
    process.standardOutput = pipe
    let errors = scene.folder.write(Data(), as: "errors")
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    usleep(700_000)
    try scene.send("d")
    process.interrupt()
    // It waits a little for its reader; who reads then gets everything.
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(sessions(output).count == 1)
    #expect(output.contains("\"dropped\":{\"kernel\":0,\"interface\":0}"))
  }

  @Test func `what the kernel drops is counted, and told as it happens and in the end`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen(["--format", "ndjson", "--buffer-size", "64K"])
    live.send(SIGSTOP)
    try scene.send("ll")
    live.send(SIGCONT)
    try live.wait("not told: \(live.errors)") { live.errors.contains("[capture-dropped]") }
    #expect(live.stop() == 0)
    let summary = String(live.lines.last ?? "")
    #expect(
      summary.contains("\"capture-dropped\":1") && summary.contains("\"notes\":[{\"finding\":\"capture-dropped\""))
    #expect(!summary.contains("\"dropped\":{\"kernel\":0,"))
  }

  @Test func `what waits in the kernel's buffer is not taken for lost`() throws {
    let scene = try LiveScene()
    let live = try scene.listen(["--format", "ndjson"])
    live.send(SIGSTOP)
    try scene.sendPackets("backlog.py")
    // Longer than a hole is left open.
    usleep(2_000_000)
    live.send(SIGCONT)
    try live.wait("no record: \(live.errors)") { live.lines.count == 1 }
    #expect(live.stop() == 0)
    #expect(live.output.contains("\"dropped\":{\"kernel\":0,\"interface\":0}"))
    let record = String(live.lines[0])
    let counts = record.count(of: "\"missing_bytes\":")
    #expect(counts > 0 && record.count(of: "\"missing_bytes\":0") == counts, "\(record)")
    #expect(record.contains("\"outcome\":\"accepted\""))
  }

  @Test func `the service manager is told`() throws {
    let scene = try LiveScene()
    let name = "smtpscope-test-\(getpid())"
    let manager = try scene.start(
      [
        "python3", "-uc",
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind("\\0\(name)")
        print("bound", file=sys.stderr)
        while True: print(s.recv(100).decode())
        """,
      ], until: "bound")
    let live = try scene.listen([], environment: ["NOTIFY_SOCKET": "@" + name, "WATCHDOG_USEC": "400000"])
    try manager.wait("not told: \(manager.output)") { manager.lines.prefix(2) == ["READY=1", "WATCHDOG=1"] }
    #expect(live.stop() == 0)
    try manager.wait("not told: \(manager.output)") { manager.lines.contains("STOPPING=1") }
  }

  @Test(arguments: [
    (["live", "-i", "eth77"], "eth77: no such interface. There are: "),
    (["live", "-i", "lo", "--filter", "tcp prot 25"], "the filter \"tcp prot 25\" is wrong: "),
    (["live", "-i", "lo", "--user", "nobody-of-that-name"], "there is no user nobody-of-that-name"),
    (["live"], "Name an interface: -i. There are: "),
    (["live", "-i", "lo", "--rotate-size", "1M"], "are about --write: name a file."),
  ])
  func `what cannot be is said`(_ arguments: [String], _ words: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  /// Whose FIN was first is such an order too.
  private func timeless(_ record: String) -> String {
    record.replacing(
      /"[0-9-]+T[0-9:.]+Z"|_ms":[0-9.e-]+|frame":[0-9]+|out_of_order":[0-9]+|"(client|server)_fin"/, with: "")
  }

  /// The session records without the name of their capture, by their order.
  private func sessions(_ output: String) -> [String] {
    output.split(separator: "\n").filter { $0.hasPrefix("{\"type\":\"session\"") }
      .map { String($0).replacing(/"capture":\{"file":"[^"]*"/, with: "\"capture\":{") }.sorted()
  }
}

extension String {
  fileprivate func count(of words: String) -> Int {
    components(separatedBy: words).count - 1
  }
}
