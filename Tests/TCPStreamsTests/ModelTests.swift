import PacketDecoding
import TCPStreams
import TestSupport
import Testing
import Wire

/// What one side says before the other answers, and the segments that carry it.
private struct Piece {
  var peer: Peer
  var start: Int
  var text: String
  var ack: Int
}

/// A dialogue of alternating turns, cut into segments.
private struct Script {
  /// What the transcript must be.
  var turns: [String] = []
  var pieces: [Piece] = []
  var length: [Peer: Int] = [.client: 0, .server: 0]
  var spoken: [Peer: String] = [.client: "", .server: ""]

  init(using random: inout SplitMix64) {
    var peer = Peer.server
    for _ in 0..<Int.random(in: 2...12, using: &random) {
      let count = Int.random(in: 1...120, using: &random)
      let text = String((0..<count).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "?" })
      turns.append("\(peer == .client ? "C" : "S"):\(text)")
      let start = length[peer, default: 0]
      let ack = length[peer.other, default: 0]
      spoken[peer, default: ""] += text
      var rest = text[...]
      var position = start
      while !rest.isEmpty {
        let cut = rest.prefix(Int.random(in: 1...40, using: &random))
        pieces.append(Piece(peer: peer, start: position, text: String(cut), ack: ack))
        position += cut.count
        rest = rest.dropFirst(cut.count)
      }
      // Sent again with other boundaries, within the same turn.
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let from = Int.random(in: 0..<count, using: &random)
        let again = text.dropFirst(from).prefix(Int.random(in: 1...60, using: &random))
        pieces.append(Piece(peer: peer, start: start + from, text: String(again), ack: ack))
      }
      length[peer] = start + count
      peer = peer.other
    }
  }
}

@Test(arguments: UInt64(0)..<300)
func `however a dialogue is cut, shuffled and sent again, it reads the same`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let script = Script(using: &random)
  var scene = Scene(seed: seed)
  scene.clientStart = UInt32.random(in: .min ... .max, using: &random)
  scene.serverStart = UInt32.random(in: .min ... .max, using: &random)
  scene.handshake()
  // Each frame is captured up to so many places late.
  let lateness = [0, 2, 5, 12, 1000].randomElement(using: &random) ?? 0
  let order = script.pieces.indices.map { ($0 + Int.random(in: 0...lateness, using: &random), $0) }.sorted { $0 < $1 }
  for (_, index) in order {
    let piece = script.pieces[index]
    scene.time -= 9
    scene.send(piece.peer, piece.text, at: piece.start, ack: piece.ack)
    if Int.random(in: 0..<4, using: &random) == 0 { scene.send(piece.peer.other, at: 0, ack: piece.start) }
  }
  scene.finish()
  #expect(scene.transcript == ["open"] + script.turns + ["close"])
  #expect(scene.closed[0].clientToServer.missingBytes + scene.closed[0].serverToClient.missingBytes == 0)
}

@Test(arguments: UInt64(0)..<300)
func `whatever is lost, what is handed up is true and in its place`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let script = Script(using: &random)
  var scene = Scene(seed: seed)
  scene.joins = false
  scene.handshake()
  let lateness = [0, 5].randomElement(using: &random) ?? 0
  let order = script.pieces.indices.map { ($0 + Int.random(in: 0...lateness, using: &random), $0) }.sorted { $0 < $1 }
  for (_, index) in order where Int.random(in: 0..<4, using: &random) > 0 {
    let piece = script.pieces[index]
    if Int.random(in: 0..<10, using: &random) == 0 { scene.time += 700 }
    scene.send(piece.peer, piece.text, at: piece.start, ack: piece.ack)
  }
  for peer in Peer.allCases { scene.send(peer, at: script.length[peer] ?? 0, ack: script.length[peer.other] ?? 0) }
  scene.finish()

  var position: [Peer: Int] = [.client: 0, .server: 0]
  for event in scene.transcript {
    let peer: Peer = event.hasPrefix("C") ? .client : .server
    let start = position[peer, default: 0]
    if event.hasPrefix("C gap ") || event.hasPrefix("S gap ") {
      position[peer] = start + (Int(event.dropFirst(6)) ?? 0)
    } else if event.hasPrefix("C:") || event.hasPrefix("S:") {
      let text = event.dropFirst(2)
      #expect(text == (script.spoken[peer] ?? "").dropFirst(start).prefix(text.count))
      // What these bytes acknowledge was handed up before.
      let required = script.pieces.first { $0.peer == peer && $0.start <= start && start < $0.start + $0.text.count }?
        .ack
      #expect(position[peer.other, default: 0] >= required ?? 0)
      position[peer] = start + text.count
    }
  }
  for peer in Peer.allCases {
    // One byte at the very end may be taken for a FIN.
    #expect((script.length[peer] ?? 0) - (position[peer] ?? 0) <= 1)
  }
}

@Test(arguments: UInt64(0)..<20)
func `the seed of the table changes nothing`(seed: UInt64) {
  var transcripts: [[String]] = []
  for tableSeed in [UInt64(1), 99] {
    var random = SplitMix64(seed: seed)
    var limits = StreamLimits()
    limits.connections = 20
    var scene = Scene(limits, seed: tableSeed)
    for _ in 0..<500 {
      scene.client.port = UInt16.random(in: 1...60, using: &random)
      scene.send(
        .client, "x\(scene.client.port);", at: Int.random(in: 0..<30, using: &random), ack: 0,
        [[], [], .syn, .rst].randomElement(using: &random) ?? [])
    }
    scene.finish()
    transcripts.append(scene.transcript)
  }
  #expect(transcripts[0] == transcripts[1])
}
