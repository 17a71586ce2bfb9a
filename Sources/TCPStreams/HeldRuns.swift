internal import Wire

/// A piece of a stream that arrived before it could be handed up.
struct HeldRun {
  /// Position in the stream of its first byte.
  var start: Int
  /// What the other side must have handed up before.
  var requirement: Int
  var bytes: [UInt8]
  /// How many bytes behind `bytes` belong to it and were cut by a snap length.
  var clipped: Int
  var frame: FrameDescriptor

  var end: Int { start + bytes.count + clipped }

  /// What it takes in memory: its bytes, the array's header, and its own place.
  var cost: Int { bytes.count + HeldRun.bookkeeping }

  /// Rounded up from the sizes of the run, an array's header and the allocator's rounding.
  static let bookkeeping = 144
}

/// The pieces of one stream that wait: ascending, not overlapping, none empty.
struct HeldRuns {
  private var runs: [HeldRun] = []
  /// Runs before it were handed up, so that taking the first one moves nothing.
  private var head = 0

  var count: Int { runs.count - head }
  var isEmpty: Bool { head == runs.count }
  /// Where the first piece begins; `Int.max` when there is none.
  var firstStart: Int { head < runs.count ? runs[head].start : .max }
  /// Where the first piece ends; `Int.max` when there is none.
  var firstEnd: Int { head < runs.count ? runs[head].end : .max }
  var firstRequirement: Int { head < runs.count ? runs[head].requirement : 0 }
  var firstFrame: FrameDescriptor? { head < runs.count ? runs[head].frame : nil }

  mutating func popFirst() -> HeldRun? {
    guard head < runs.count else { return nil }
    let run = runs[head]
    runs[head].bytes = []
    head += 1
    if head == runs.count {
      runs = []
      head = 0
    } else if head >= 64, head * 2 >= runs.count {
      runs.removeFirst(head)
      head = 0
    }
    return run
  }

  /// Puts a piece before all others, and takes away what they have of its bytes: it came first.
  ///
  /// Returns the memory that is free now, and how many bytes that were taken away differ.
  mutating func overrule(with first: HeldRun) -> (cost: Int, conflicting: Int) {
    var cost = 0
    var conflicting = 0
    while head < runs.count, runs[head].start < first.end {
      var run = runs[head]
      let end = min(run.end, first.end)
      let bytes = run.bytes
      conflicting += HeldRuns.differences(
        first, from: run.start, to: min(end, run.start + bytes.count), bytes.span, at: -run.start)
      let before = run.cost
      guard run.end > first.end else {
        cost += before
        _ = popFirst()
        continue
      }
      let taken = min(bytes.count, first.end - run.start)
      run.clipped = run.end - max(first.end, run.start + bytes.count)
      run.bytes = Array(bytes[taken...])
      run.start = first.end
      cost += before - run.cost
      runs[head] = run
      break
    }
    runs.insert(first, at: head)
    return (cost, conflicting)
  }

  mutating func removeAll() {
    runs = []
    head = 0
  }

  /// What inserting a segment found out.
  struct Insertion {
    /// Bytes that were there already.
    var overlapping = 0
    /// Those of them that were not the same.
    var conflicting = 0
    /// Memory that the new pieces take.
    var cost = 0
    var addedPieces = 0
  }

  /// Inserts what is new of a segment: the first copy of a byte wins.
  ///
  /// The segment reaches from `start` to `end` in the stream, and `bytes` from `offset` on holds its first `captured` bytes.
  mutating func insert(
    from start: Int, to end: Int, captured: Int, of bytes: Span<UInt8>, at offset: Int, requirement: Int,
    frame: FrameDescriptor
  ) -> Insertion {
    var result = Insertion()
    let capturedEnd = start + captured
    var index = firstIndex(endingBehind: start)
    var cursor = start
    var pieces: [HeldRun] = []
    let place = index
    while cursor < end {
      if index < runs.count, runs[index].start <= cursor {
        let overlapEnd = min(end, runs[index].end)
        result.overlapping += overlapEnd - cursor
        result.conflicting += HeldRuns.differences(
          runs[index], from: cursor, to: min(overlapEnd, capturedEnd), bytes, at: offset - start)
        cursor = overlapEnd
        index += 1
        continue
      }
      let pieceEnd = index < runs.count ? min(end, runs[index].start) : end
      let pieceCaptured = max(cursor, min(pieceEnd, capturedEnd))
      var copy: [UInt8] = []
      if cursor < pieceCaptured {  // else a snap length cut all of it
        copy = Array(bytes.extracting(offset + cursor - start..<offset + pieceCaptured - start))
      }
      pieces.append(
        HeldRun(
          start: cursor, requirement: requirement, bytes: copy, clipped: pieceEnd - pieceCaptured, frame: frame))
      cursor = pieceEnd
    }
    for piece in pieces { result.cost += piece.cost }
    result.addedPieces = pieces.count
    if pieces.count == 1, index <= place + 1 {
      // The usual case: one piece, at most one neighbour touched; it goes before or behind it.
      let behind = place < runs.count && runs[place].start < pieces[0].start
      runs.insert(pieces[0], at: behind ? place + 1 : place)
    } else if !pieces.isEmpty {
      merge(pieces, around: place)
    }
    return result
  }

  /// Puts several pieces into the holes behind `place` in one pass, so that a segment over many small runs costs no more
  /// than their number.
  private mutating func merge(_ pieces: [HeldRun], around place: Int) {
    var merged = Array(runs[..<place])
    merged.reserveCapacity(runs.count + pieces.count)
    var index = place
    for piece in pieces {
      while index < runs.count, runs[index].start < piece.start {
        merged.append(runs[index])
        index += 1
      }
      merged.append(piece)
    }
    merged.append(contentsOf: runs[index...])
    runs = merged
  }

  private func firstIndex(endingBehind position: Int) -> Int {
    // Most pieces come at the end.
    guard let last = runs.last, head < runs.count else { return runs.count }
    if last.end <= position { return runs.count }
    var low = head
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many bytes of the run differ from the segment's, between two positions of the stream; `shift` added to a position
  /// gives its offset in `bytes`.
  private static func differences(_ run: HeldRun, from: Int, to: Int, _ bytes: Span<UInt8>, at shift: Int) -> Int {
    let to = min(to, run.start + run.bytes.count)
    guard from < to else { return 0 }
    let held = run.bytes.span.extracting(from - run.start..<to - run.start)
    let segment = bytes.extracting(from + shift..<to + shift)
    if held.isEqual(to: segment) { return 0 }
    var count = 0
    for offset in held.indices where held[offset] != segment[offset] { count += 1 }
    return count
  }
}
