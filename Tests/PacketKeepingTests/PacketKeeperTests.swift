import TestSupport
import Testing
import Wire

@testable import PacketKeeping

@Suite struct PacketKeeperTests {
  /// Collects what would be written, by the frames' numbers.
  private struct Collector: PacketTarget {
    var numbers: [Int] = []
    mutating func write(_ bytes: Span<UInt8>, _ frame: FrameDescriptor) { numbers.append(frame.number) }
  }

  /// A keeper with what it was given and what it gave.
  private struct Scene: ~Copyable {
    var keeper: PacketKeeper
    var written = Collector()
    var count = 0
    var last = FrameDescriptor(
      time: CaptureTime(nanoseconds: 0), number: 0, file: 0, linkType: .ethernet, originalLength: 0)

    init(wantsAll: Bool = false, limits: PacketKeepingLimits = PacketKeepingLimits()) {
      keeper = PacketKeeper(mailPorts: [25], wantsAll: wantsAll, limits: limits)
    }

    /// Gives the numbers of the frames.
    @discardableResult
    mutating func take(_ frames: [Conversation.Frame]) -> [Int] {
      frames.map { frame in
        count += 1
        last = FrameDescriptor(
          time: frame.time, number: count, file: 0, linkType: .ethernet, originalLength: frame.bytes.count)
        keeper.receive(frame.bytes.span, last, into: &written)
        return count
      }
    }

    mutating func end(_ conversation: Conversation, isWanted: Bool) {
      keeper.end(conversation.client, conversation.server, last: last, isWanted: isWanted, into: &written)
    }
  }

  private static let mail = "S: 220 mx.example\r\nC: QUIT\r\nS: 221 bye\r\n"

  /// A mail connection, from another client's port than any other.
  private static func conversation(_ number: UInt16 = 0, port: UInt16 = 25) -> Conversation {
    var conversation = Conversation(mail)
    conversation.client.port += number
    conversation.server.port = port
    conversation.start = conversation.start.advanced(byNanoseconds: Int64(number) * 1_000_000_000)
    return conversation
  }

  @Test(arguments: [true, false])
  func `a connection's packets are written when it has ended, if it is wanted`(_ isWanted: Bool) {
    var scene = Scene()
    let conversation = Self.conversation()
    let numbers = scene.take(conversation.frames)
    #expect(scene.written.numbers.isEmpty)
    #expect(scene.keeper.heldBytes > 0)
    scene.end(conversation, isWanted: isWanted)
    #expect(scene.written.numbers == (isWanted ? numbers : []))
    #expect(scene.keeper.heldBytes == 0)
    #expect(scene.keeper.droppedPackets == 0)
  }

  @Test func `where all are wanted, mail goes out at once and other ports wait`() {
    var scene = Scene(wantsAll: true)
    let mail = scene.take(Self.conversation().frames)
    #expect(scene.written.numbers == mail)
    let other = Self.conversation(1, port: 8025)
    let numbers = scene.take(other.frames)
    #expect(scene.written.numbers == mail)
    scene.end(other, isWanted: true)
    #expect(scene.written.numbers == mail + numbers)
  }

  @Test func `what comes behind the end belongs to the next connection of the same ends`() {
    var scene = Scene()
    let first = Self.conversation()
    var second = Self.conversation()
    second.start = first.start.advanced(byNanoseconds: 60_000_000_000)
    scene.take(first.frames)
    let end = scene.last
    let numbers = scene.take(second.frames)
    scene.keeper.end(first.client, first.server, last: end, isWanted: false, into: &scene.written)
    #expect(scene.written.numbers.isEmpty)
    scene.end(second, isWanted: true)
    #expect(scene.written.numbers == numbers)
    #expect(scene.keeper.heldBytes == 0)
  }

  @Test func `a connection that is too long is written as it comes`() {
    var limits = PacketKeepingLimits()
    limits.heldBytesPerConnection = 700
    var scene = Scene(limits: limits)
    let conversation = Self.conversation()
    let numbers = scene.take(conversation.frames)
    #expect(scene.written.numbers == numbers)
    #expect(scene.keeper.writtenEarly == 1)
    #expect(scene.keeper.heldBytes == 0)
    scene.end(conversation, isWanted: false)
    #expect(scene.written.numbers == numbers)
  }

  @Test func `where all together are too much, the first one that carried something is written`() {
    var limits = PacketKeepingLimits()
    limits.heldBytes = 2000
    var scene = Scene(limits: limits)
    let first = scene.take(Self.conversation(0).frames)
    let second = scene.take(Self.conversation(1).frames)
    scene.take(Self.conversation(2).frames)
    #expect(scene.written.numbers.starts(with: first))
    #expect(scene.written.numbers.count <= first.count + second.count)
    #expect(scene.keeper.heldBytes <= limits.heldBytes)
    #expect(scene.keeper.droppedPackets == 0)
  }

  @Test func `a flood of SYNs is dropped and counted, and pushes no mail out`() {
    var limits = PacketKeepingLimits()
    limits.connections = 100
    var scene = Scene(limits: limits)
    let conversation = Self.conversation(0)
    let numbers = scene.take(conversation.frames)
    for number in 1...1000 as ClosedRange<UInt16> {
      var syn = Self.conversation(number)
      syn.start = conversation.start
      scene.take([syn.frames[0]])
    }
    #expect(scene.keeper.droppedPackets >= 900)
    // The oldest of all was the mail: it was written rather than dropped.
    #expect(scene.written.numbers == numbers)
    #expect(scene.keeper.writtenEarly == 1)
  }

  @Test func `fragments go with their datagram, and are forgotten with time`() {
    var scene = Scene()
    let conversation = Self.conversation()
    var frames: [Conversation.Frame] = []
    for (index, segment) in conversation.segments.enumerated() {
      let whole = conversation.packet(of: segment)
      let time = conversation.start.advanced(byNanoseconds: segment.time)
      guard index == 3 else {
        frames.append(Conversation.Frame(bytes: whole.ethernet().bytes, time: time))
        continue
      }
      let ends = [conversation.client.address, conversation.server.address]
      let isFromClient = segment.peer == .client
      let pieces = whole.withoutIPHeader.fragments(
        of: 24, from: ends[isFromClient ? 0 : 1], to: ends[isFromClient ? 1 : 0])
      #expect(pieces.count > 1)
      frames += pieces.map { Conversation.Frame(bytes: $0.ethernet().bytes, time: time) }
    }
    let numbers = scene.take(frames)
    scene.end(conversation, isWanted: true)
    #expect(scene.written.numbers.sorted() == numbers)
    #expect(scene.keeper.heldBytes == 0)

    // One whose rest never comes.
    scene.take([frames[3]])
    #expect(scene.keeper.heldBytes > 0)
    var later = Self.conversation(40)
    later.start = conversation.start.advanced(byNanoseconds: 40_000_000_000)
    scene.take(later.frames)
    scene.end(later, isWanted: false)
    #expect(scene.keeper.heldBytes == 0)
  }

  @Test func `what no connection comes of is forgotten in time`() {
    var scene = Scene()
    let conversation = Self.conversation()
    scene.take(conversation.frames)
    var later = Self.conversation(1)
    later.start = conversation.start.advanced(byNanoseconds: 10_000_000_000_000)
    scene.take([later.frames[0]])
    #expect(scene.keeper.heldBytes < 200)
  }

  @Test(arguments: [true, false])
  func `connections that are over leave nothing behind`(_ isOneOpen: Bool) {
    var scene = Scene()
    // One that goes on before them all.
    if isOneOpen { scene.take([Self.conversation(0).frames[0]]) }
    for number in 1..<2000 as Range<UInt16> {
      let conversation = Self.conversation(number)
      scene.take(Array(conversation.frames.prefix(2)))
      scene.end(conversation, isWanted: true)
    }
    let queued = scene.keeper.queued
    #expect(queued < 1100)
  }

  @Test func `datagrams that are whole leave nothing behind`() {
    var scene = Scene()
    let conversation = Self.conversation()
    let ends = [conversation.client.address, conversation.server.address]
    let whole = conversation.packet(of: conversation.segments[3]).withoutIPHeader
    for number in 0..<2000 as Range<UInt16> {
      var pieces = whole.fragments(of: 24, from: ends[1], to: ends[0], identification: number)
      // The first one waits for its rest.
      if number == 0 { pieces.removeLast() }
      scene.take(pieces.map { Conversation.Frame(bytes: $0.ethernet().bytes, time: conversation.start) })
    }
    let queued = scene.keeper.queued
    #expect(queued < 1100)
  }
}
