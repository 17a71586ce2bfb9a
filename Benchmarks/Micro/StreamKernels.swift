import PacketDecoding
import TCPStreams
import TestSupport
import Wire

/// Frames to TCP segments.
struct DecodeKernel: Kernel {
  static let unit = "frame"
  private let frames = Inputs.sessions(8, textBytes: 60_000)

  mutating func pass() -> Int {
    var decoder = PacketDecoder()
    var segments = 0
    for frame in frames {
      if case .segment = decoder.decode(frame.bytes.span, descriptor: frame.descriptor) { segments += 1 }
    }
    return segments
  }
}

/// Segments in order to streams.
struct ReassemblyKernel: Kernel {
  static let unit = "segment"
  private let reassembly = Reassembly(of: Inputs.sessions(8, textBytes: 60_000))

  mutating func pass() -> Int { reassembly.run() }
}

/// The same with one segment in twenty behind those that should follow it.
struct ReorderedReassemblyKernel: Kernel {
  static let unit = "segment"
  private let reassembly: Reassembly

  init() {
    var random = SplitMix64(seed: 5)
    var frames = Inputs.sessions(8, textBytes: 60_000)
    for index in frames.indices.dropLast(3) where Int.random(in: 0..<20, using: &random) == 0 {
      let later = index + Int.random(in: 1...3, using: &random)
      let time = frames[later].descriptor.time
      frames.insert(frames.remove(at: index), at: later)
      frames[later].descriptor.time = time
    }
    reassembly = Reassembly(of: frames)
  }

  mutating func pass() -> Int { reassembly.run() }
}

/// Decoded segments, to be made streams of.
private struct Reassembly {
  private var segments: [(segment: TCPSegment, frame: PreparedFrame)] = []

  init(of frames: [PreparedFrame]) {
    var decoder = PacketDecoder()
    for frame in frames {
      guard case .segment(let segment) = decoder.decode(frame.bytes.span, descriptor: frame.descriptor) else {
        continue
      }
      segments.append((segment, frame))
    }
  }

  /// How many segments there were, if all their bytes came out; the same seed always, so that the table is the same.
  func run() -> Int {
    var table = ConnectionTable(serverPorts: [25], seed: 7)
    var expected = 0
    var seen = 0
    for (segment, frame) in segments {
      expected += segment.payloadLength
      table.receive(segment, in: frame.bytes.span, frame: frame.descriptor)
      while let event = table.nextEvent() { seen += Self.bytes(of: event) }
    }
    table.finish()
    while let event = table.nextEvent() { seen += Self.bytes(of: event) }
    precondition(seen == expected, "\(expected) bytes went in, \(seen) came out")
    return segments.count
  }

  private static func bytes(of event: StreamEvent) -> Int {
    switch event {
    case .bytes(_, from: _, let range): range.count
    case .heldBytes(_, from: _, let held): held.bytes.count
    case .opened, .gap, .finished, .closed: 0
    }
  }
}

/// The search for line ends.
struct LineKernel: Kernel {
  static let unit = "line"
  private let segments = Inputs.turns(of: Inputs.session(textBytes: 200_000, number: 1)).map(\.bytes)

  mutating func pass() -> Int {
    var lines = 0
    for bytes in segments {
      let span = bytes.span
      var offset = 0
      while let end = span.firstIndex(of: 0x0a, from: offset) {
        lines += 1
        offset = end + 1
      }
    }
    return lines
  }
}
