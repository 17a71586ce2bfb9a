import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private func session(_ id: Int) -> Session {
  let frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: 0), number: 1, file: 0, linkType: .ethernet, originalLength: 60)
  let end = Endpoint(address: IPAddress(ipv4: 1), port: 25)
  return Session(
    id: id, connection: ConnectionFacts(client: end, server: end, opening: .handshake, firstFrame: frame), kind: .smtp,
    verdict: Verdict(outcome: .delivered, message: ""))
}

@Test(
  arguments: [
    ([3, 1, 2], 9, [1, 2, 3]), ([1, 2, 3], 0, [1, 2, 3]), ([4, 3, 2, 1], 2, [2, 3, 4, 1]), ([2, 3, 5], 9, [2, 3, 5]),
    ([], 1, []), ([5, 1, 4, 2, 3], 3, [1, 2, 3, 4, 5]),
  ] as [([Int], Int, [Int])])
func `sessions come by their numbers while those that wait fit`(ended: [Int], mostWaiting: Int, order: [Int]) {
  var waiting = NumberOrder(mostWaiting: mostWaiting)
  var seen: [Int] = []
  for id in ended {
    waiting.add(session(id))
    while let next = waiting.popFirst() { seen.append(next.id) }
  }
  while let next = waiting.popLast() { seen.append(next.id) }
  #expect(seen == order)
}
