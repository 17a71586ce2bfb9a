package import Reports
internal import SMTPAnalysis
internal import Wire

extension LiveMetrics {
  /// Appends all of it in Prometheus's text format, version 0.0.4.
  package func write(into output: inout OutputBuffer) {
    var exposition = Exposition(output: OutputBuffer(capacity: 0))
    swap(&exposition.output, &output)
    defer { swap(&exposition.output, &output) }
    exposition.begin("smtpscope_build_info", "gauge", "The program's version.")
    exposition.sample("smtpscope_build_info", [("version", version)], 1)
    exposition.single(
      "smtpscope_uptime_seconds", "gauge", "How long the capture has been running.",
      nanoseconds: capture.now.nanoseconds(since: capture.start))
    exposition.single(
      "process_start_time_seconds", "gauge", "When the capture began, in seconds since 1970.",
      nanoseconds: capture.start.nanoseconds)
    if let bytes = capture.residentBytes {
      exposition.single("process_resident_memory_bytes", "gauge", "Memory that the process holds.", bytes)
    }
    writeCapture(into: &exposition)
    writeSessions(into: &exposition)
    writeMail(into: &exposition)
    writeTimes(into: &exposition)
  }

  private func writeCapture(into exposition: inout Exposition) {
    exposition.interfaces(
      "smtpscope_capture_packets_total", "counter", "Packets that were read.", capture.interfaces
    ) { $0.packets }
    exposition.interfaces(
      "smtpscope_capture_bytes_total", "counter", "Bytes of the packets that were read.", capture.interfaces
    ) { $0.bytes }
    let dropped = "smtpscope_capture_dropped_packets_total"
    exposition.begin(dropped, "counter", "Packets that were lost before they were read, by who lost them.")
    for interface in capture.interfaces {
      exposition.sample(dropped, [("interface", interface.name), ("by", "interface")], interface.droppedByInterface)
      exposition.sample(dropped, [("interface", interface.name), ("by", "kernel")], interface.droppedByKernel)
    }
    exposition.interfaces(
      "smtpscope_interface_up", "gauge", "Whether the interface is there to be read.", capture.interfaces
    ) { $0.isUp ? 1 : 0 }
    exposition.single(
      "smtpscope_dropped_records_total", "counter", "Records that nobody took because the reader is too slow.",
      capture.droppedRecords)
    exposition.single(
      "smtpscope_dropped_held_packets_total", "counter", "Packets that were to be written and were not kept.",
      capture.droppedHeldPackets)
    exposition.single(
      "smtpscope_held_packet_bytes", "gauge", "Packets that wait for their connection's end to be written.",
      capture.heldPacketBytes)
    if let count = capture.openConnections {
      exposition.single("smtpscope_open_connections", "gauge", "TCP connections that are being followed.", count)
    }
    if let count = capture.evictedConnections {
      exposition.single(
        "smtpscope_evicted_connections_total", "counter", "Connections that were given up to stay within the limits.",
        count)
    }
    if let bytes = capture.heldBytes {
      exposition.single("smtpscope_held_segment_bytes", "gauge", "Segments that wait for others before them.", bytes)
    }
  }

  private func writeSessions(into exposition: inout Exposition) {
    exposition.family(
      "smtpscope_sessions_total", "Sessions that have ended, by what the client came for.", "class", sessions)
    exposition.family("smtpscope_session_verdicts_total", "Sessions, by what became of them.", "verdict", verdicts)
    let bytes = "smtpscope_session_bytes_total"
    exposition.begin(bytes, "counter", "Bytes of the sessions' TCP streams, by who sent them.")
    exposition.sample(bytes, [("from", "client")], clientBytes)
    exposition.sample(bytes, [("from", "server")], serverBytes)
    let tls = "smtpscope_tls_sessions_total"
    exposition.begin(tls, "counter", "Sessions, by how TLS was begun and what came of it.")
    exposition.sample(tls, [("method", "none"), ("outcome", "none")], sessionsWithoutTLS)
    for (method, tally) in [(TLSUse.Method.implicit, implicitTLS), (.starttls, startedTLS)] {
      for (word, count) in tally.entries {
        exposition.sample(tls, [("method", method.rawValue), ("outcome", word)], count)
      }
    }
    exposition.family(
      "smtpscope_tls_versions_total", "Sessions with TLS, by the version that the server chose.", "version", tlsVersions
    )
    exposition.family("smtpscope_authentications_total", "AUTH exchanges, by outcome.", "outcome", authentications)
    exposition.family("smtpscope_findings_total", "Findings, by their ids.", "id", findings)
  }

  private func writeMail(into exposition: inout Exposition) {
    exposition.family("smtpscope_transactions_total", "Mail transactions, by outcome.", "outcome", transactions)
    exposition.family(
      "smtpscope_recipients_total", "Recipients, by the class of the reply that decided about them.", "code",
      recipients)
    exposition.single("smtpscope_messages_total", "counter", "Messages that were transferred.", messages)
    exposition.single("smtpscope_message_bytes_total", "counter", "Bytes of their text.", messageBytes)
  }

  private func writeTimes(into exposition: inout Exposition) {
    let waits = "smtpscope_phase_wait_seconds"
    exposition.begin(waits, "histogram", "What server and network took of each phase of a session.")
    for kind in Phase.Kind.allCases {
      exposition.histogram(waits, [("phase", kind.rawValue)], phases[kind.index])
    }
    let durations = "smtpscope_session_duration_seconds"
    exposition.begin(durations, "histogram", "From the first packet of a session to its last.")
    exposition.histogram(durations, [], self.durations)
  }
}

/// Lines of Prometheus's text format. Label values are words of our own; they are escaped all the same.
private struct Exposition: ~Copyable {
  var output: OutputBuffer

  mutating func begin(_ name: String, _ type: String, _ help: String) {
    output.append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
  }

  mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
    begin(name, type, help)
    sample(name, [], value)
  }

  mutating func single(
    _ name: String, _ type: String, _ help: String, nanoseconds: Int64
  ) {
    begin(name, type, help)
    output.append("\(name) ")
    output.append(seconds: nanoseconds)
    output.append("\n")
  }

  mutating func family<Key>(
    _ name: String, _ help: String, _ label: String, _ tally: Tally<Key>
  ) {
    begin(name, "counter", help)
    for (word, count) in tally.entries { sample(name, [(label, word)], count) }
  }

  mutating func interfaces(
    _ name: String, _ type: String, _ help: String, _ interfaces: [CaptureCounters.Interface],
    value: (CaptureCounters.Interface) -> Int
  ) {
    begin(name, type, help)
    for interface in interfaces { sample(name, [("interface", interface.name)], value(interface)) }
  }

  mutating func histogram(
    _ name: String, _ labels: [(name: String, value: String)], _ histogram: LatencyHistogram
  ) {
    var below = 0
    for (bound, count) in zip(LatencyHistogram.bounds, histogram.counts) {
      below += count
      sample(name, labels + [("le", "\(Double(bound) / 1e9)")], below, suffix: "_bucket")
    }
    sample(name, labels + [("le", "+Inf")], histogram.count, suffix: "_bucket")
    output.append("\(name)_sum")
    append(labels)
    output.append(" ")
    output.append(seconds: histogram.sum)
    output.append("\n")
    sample(name, labels, histogram.count, suffix: "_count")
  }

  mutating func sample(
    _ name: String, _ labels: [(name: String, value: String)], _ value: Int, suffix: String = ""
  ) {
    output.append("\(name)\(suffix)")
    append(labels)
    output.append(" ")
    output.append(value)
    output.append("\n")
  }

  private mutating func append(_ labels: [(name: String, value: String)]) {
    guard !labels.isEmpty else { return }
    for (index, label) in labels.enumerated() {
      output.append(index == 0 ? "{" : ",")
      output.append("\(label.name)=\"")
      for byte in label.value.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): output.append("\\\\")
        case UInt8(ascii: "\""): output.append("\\\"")
        case UInt8(ascii: "\n"): output.append("\\n")
        default: output.append(byte: byte)
        }
      }
      output.append("\"")
    }
    output.append("}")
  }
}

extension OutputBuffer {
  /// Appends a duration or a time in seconds.
  fileprivate mutating func append(seconds nanoseconds: Int64) {
    append(nanoseconds: nanoseconds, exponent: 9)
  }
}
