internal import PacketDecoding
internal import Wire

/// What the segments of one direction show of the path, besides their bytes.
///
/// Segments in step cost a few plain stores here; what only a troubled connection has lies in `trouble`.
struct PathWatch {
  // What the other side's segments need stands first: see `StreamDirection`.
  /// Since when the first byte that is not acknowledged has waited: the last new acknowledgement, or its own sending where
  /// nothing waited before it.
  private(set) var waitingSince: Int64 = 0
  /// The frame that sent the byte that waits; zero where it is not known.
  private var waitingFrame: UInt32 = 0
  /// Where the segment ends that is larger than any acknowledged one, in the low bits of the position.
  private var candidateEnd: UInt32 = 0
  /// Its payload; zero while there is none.
  private var candidate: UInt16 = 0
  private(set) var largestAcknowledged: UInt16 = 0
  /// All of it was acknowledged by a segment of a size that is known to pass.
  private(set) var isSurelyAcknowledged = true
  /// nil until its SYN was captured.
  var options: HandshakeOptions?
  private var lowestTimeToLive: UInt8 = 0
  private var timeToLiveSpan: UInt8 = 0
  private var sendsFragmentable = false
  /// When its last segment came, resets aside.
  var lastTime: Int64 = 0
  /// One at most.
  private(set) var troubles: [PathTrouble] = []
  /// The last IP identification that was not zero.
  private var identification: UInt16 = 0
  /// How many of them did not go on from the one before; saturates.
  private var irregularIdentifications: UInt16 = 0

  /// A counter that others share makes steps; a random number is farther off.
  private static let identificationStep: UInt16 = 1024

  /// Adds the ICMP errors that quote it, and gives how many packets they were.
  func addErrors(to errors: inout [PathError]) -> Int {
    guard let trouble = troubles.first else { return 0 }
    errors += trouble.errors
    return trouble.errorCount
  }

  // MARK: What every segment is asked

  /// Its time to live is one that was seen before.
  @inline(__always)
  func knows(_ timeToLive: UInt8) -> Bool {
    timeToLive &- lowestTimeToLive <= timeToLiveSpan
  }

  @inline(__always)
  mutating func saw(_ segment: TCPSegment, now: Int64) {
    lastTime = now
    sendsFragmentable = sendsFragmentable || !segment.dontFragment
    let next = segment.identification ?? 0
    guard next != 0 else { return }
    if next &- identification &- 1 >= PathWatch.identificationStep, irregularIdentifications < .max {
      irregularIdentifications += 1
    }
    identification = next
  }

  /// New payload was sent. `isFirst`: nothing waited before it.
  @inline(__always)
  mutating func sent(_ length: Int, to end: Int, isFirst: Bool, largest: Int, now: Int64, frame: FrameDescriptor) {
    if isFirst {
      waitingSince = now
      waitingFrame = UInt32(truncatingIfNeeded: frame.number)
    }
    isSurelyAcknowledged = false
    if length > Int(largestAcknowledged), candidate == 0 {
      // A card cuts what is larger than the segment size (segmentation offload).
      let size = UInt16(clamping: min(length, largest))
      if size > largestAcknowledged {
        candidate = size
        candidateEnd = UInt32(truncatingIfNeeded: end)
      }
    }
  }

  /// A new acknowledgement of its bytes, up to `position`.
  @inline(__always)
  mutating func acknowledged(to position: Int, now: Int64) {
    waitingSince = now
    waitingFrame = 0
    if candidate != 0, Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: position) &- candidateEnd) >= 0 {
      largestAcknowledged = candidate
      candidate = 0
    }
  }

  /// A segment of `length` acknowledges everything of this side.
  @inline(__always)
  mutating func allAcknowledged(by length: Int, of other: PathWatch) {
    if length <= Int(other.largestAcknowledged) { isSurelyAcknowledged = true }
  }

  // MARK: What is rarer

  /// Takes a time to live that was not seen before.
  mutating func widen(_ timeToLive: UInt8) {
    // A packet that has none left is not passed on (RFC 791 section 3.2); zero is none yet.
    guard timeToLive > 0 else { return }
    if lowestTimeToLive == 0 {
      lowestTimeToLive = timeToLive
    } else if timeToLive < lowestTimeToLive {
      timeToLiveSpan += lowestTimeToLive - timeToLive
      lowestTimeToLive = timeToLive
    } else {
      timeToLiveSpan = max(timeToLiveSpan, timeToLive - lowestTimeToLive)
    }
  }

  mutating func note(_ segment: TCPSegment) {
    if segment.flags.hasSYN {
      var offered = HandshakeOptions()
      offered.maximumSegmentSize = segment.options.maximumSegmentSize ?? 0
      offered.windowScale = segment.options.windowScale
      offered.selectiveAcknowledgment = segment.options.selectiveAcknowledgmentPermitted
      offered.timestamps = segment.options.timestamp != nil
      offered.fastOpen = segment.options.fastOpen
      options = offered
    }
  }

  var timeToLive: ClosedRange<UInt8>? {
    // The span ends at the highest one seen, so that the sum is an octet whatever was sent: `widen`.
    lowestTimeToLive == 0 ? nil : lowestTimeToLive...lowestTimeToLive &+ timeToLiveSpan
  }

  /// The payload that a segment of the other side may carry, by this side's word.
  var segmentLimit: Int {
    guard let size = options?.maximumSegmentSize, size > 0 else { return .max }
    return Int(size)
  }

  private mutating func withTrouble(_ change: (inout PathTrouble) -> Void) {
    if troubles.isEmpty { troubles.append(PathTrouble()) }
    change(&troubles[0])
  }

  /// Payload, or a FIN alone, that was sent before. `front`: where the first byte stands that waits for its acknowledgement;
  /// nil where none does.
  mutating func repeated(
    from start: Int, to end: Int, front: Int?, largest: Int, _ segment: TCPSegment, frame: FrameDescriptor, now: Int64
  ) {
    let size = min(end - start, largest)
    let behind = Int(Int32(truncatingIfNeeded: candidateEnd &- UInt32(truncatingIfNeeded: start)))
    if size < Int(candidate), behind > 0, behind < Int(candidate) + end - start {
      // What was sent in one segment is sent in smaller ones: its acknowledgement says nothing of the large one.
      candidate = 0
    }
    let (since, firstFrame) = (waitingSince, waitingFrame)
    withTrouble { trouble in
      if trouble.firstRepeat == nil { trouble.firstRepeat = frame }
      trouble.lastRepeat = frame
      guard let front, end > front || start == end else {
        trouble.needless.count += 1
        if trouble.needless.first == nil { trouble.needless.first = frame }
        trouble.needless.last = frame
        return
      }
      if trouble.stall?.position != front {
        trouble.endStall()
        trouble.stall = StallFacts(
          position: front, since: since, firstRepeat: now, lastRepeat: since,
          firstFrame: firstFrame == 0 ? nil : Int(firstFrame), begin: frame, end: frame)
      }
      guard var stall = trouble.stall else { return }
      if start <= front {
        if stall.transmissions == 1 {
          stall.firstRepeat = now
          stall.begin = frame
        }
        trouble.waited += max(0, now - stall.lastRepeat)
        stall.transmissions += 1
        stall.size = max(stall.size, size)
        stall.smallestSize = min(stall.smallestSize, size)
        stall.lastRepeat = now
        stall.end = frame
        if !segment.dontFragment { stall.dontFragment = false }
      } else {
        stall.smallestOther = min(stall.smallestOther, size)
      }
      trouble.stall = stall
    }
  }

  /// The other side has bytes of this one behind the first that waits, or has some twice. The same word within `copies`
  /// nanoseconds is the same packet, captured twice: without payload nothing else tells.
  mutating func selectivelyAcknowledged(
    _ selective: SelectiveAcknowledgment, front: Int, now: Int64, copies: Int64
  ) {
    let width = Int(selective.widest)
    withTrouble { trouble in
      if selective.tellsDuplicate {
        let isCopy = trouble.lastDuplicate.map { $0.start == selective.duplicateStart && now &- $0.time <= copies }
        if isCopy != true { trouble.duplicates += 1 }
        trouble.lastDuplicate = .init(start: selective.duplicateStart, time: now)
      }
      if trouble.selectiveFront != front { trouble.selectiveWidth = 0 }
      trouble.selectiveFront = front
      trouble.selectiveWidth = max(trouble.selectiveWidth, width)
    }
  }

  /// It announced a window of zero. `others`: how many packets the other side had sent by then.
  mutating func closedWindow(isNew: Bool, others: Int, frame: FrameDescriptor, now: Int64) {
    withTrouble { trouble in
      if isNew || trouble.closure == nil {
        trouble.endClosure()
        trouble.closure = WindowClosure(since: now, until: now, begin: frame, last: frame, probes: others)
      } else {
        trouble.closure?.answers += 1
        trouble.closure?.until = now
        trouble.closure?.last = frame
      }
    }
  }

  mutating func openedWindow(others: Int, now: Int64) {
    guard var closure = troubles.first?.closure, closure.isOpen else { return }
    closure.end(others: others, now: now)
    closure.isOpen = false
    withTrouble { $0.closure = closure }
  }

  mutating func reset(by segment: TCPSegment, ahead: Int, packets: Int, frame: FrameDescriptor) {
    let next = segment.identification ?? 0
    let counts = packets >= 4 && identification != 0 && Int(irregularIdentifications) <= 1 + packets / 16
    let neverHadAny = packets >= 3 && identification == 0
    let breaksIdentifications =
      next != 0 && (neverHadAny || counts && next &- identification &- 1 >= PathWatch.identificationStep)
    let breaksDontFragment = !segment.dontFragment && !sendsFragmentable && packets > 0
    withTrouble { trouble in
      if let known = trouble.reset {
        trouble.reset?.count += 1
        if known.sequence != segment.sequence { trouble.reset?.sequencesDiffer = true }
        return
      }
      trouble.reset = ResetFacts(
        frame: frame, timeToLive: segment.timeToLive, identification: segment.identification,
        dontFragment: segment.dontFragment, hasACK: segment.flags.hasACK, window: segment.window, ahead: ahead,
        sequence: segment.sequence, breaksIdentifications: breaksIdentifications,
        breaksDontFragment: breaksDontFragment)
    }
  }

  /// A segment without payload says that its side has sent everything up to `end`, which was not captured.
  mutating func claimed(_ end: Int) {
    withTrouble { $0.claimedEnd = max(end, $0.claimedEnd ?? end) }
  }

  /// Payload was sent again with other bytes.
  mutating func contradicted(_ count: Int, frame: FrameDescriptor) {
    withTrouble { trouble in
      if trouble.contradiction == nil { trouble.contradiction = frame }
      trouble.contradictedBytes += count
    }
  }

  /// An ICMP error quotes a segment of it: as it is kept, and as it came.
  mutating func quoted(by error: PathError, _ received: ICMPError, _ limits: StreamLimits) {
    withTrouble { trouble in
      trouble.errorCount += 1
      if trouble.recentErrors.hasSeen(received, now: error.frame.time.nanoseconds, limits) { return }
      if let known = trouble.errors.firstIndex(where: { $0.isLike(error) }) {
        trouble.errors[known].count += 1
      } else if trouble.errors.count < PathTrouble.errorLimit {
        trouble.errors.append(error)
      }
    }
  }

  mutating func lost(unconfirmed count: Int) {
    withTrouble { $0.unconfirmedGaps += count }
  }
}

extension WindowClosure {
  /// Counts what came while it lasted: until then `probes` is what the other side had sent before.
  mutating func end(others: Int, now: Int64) {
    until = max(until, now)
    probes = max(0, others - probes)
  }
}

extension PathTrouble {
  mutating func endStall() {
    guard var stall else { return }
    if selectiveFront == stall.position { stall.widestSelective = selectiveWidth }
    if stall.duration >= longestPastStall?.duration ?? .min { longestPastStall = stall }
    self.stall = nil
  }

  mutating func endClosure() {
    guard let closure else { return }
    if closure.duration >= longestPastClosure?.duration ?? .min { longestPastClosure = closure }
    self.closure = nil
  }
}
