import Testing
import Threads

@Test(arguments: [1, 2, 7])
func `what several threads put comes out once, each thread's in its order`(count: Int) throws {
  let channel = Channel<(thread: Int, number: Int)>()
  for thread in 0..<count {
    try startThread(named: "test \(thread)") {
      for number in 0..<500 { channel.put((thread, number)) }
    }
  }
  var next = [Int](repeating: 0, count: count)
  for _ in 0..<(500 * count) {
    guard let (thread, number) = channel.take() else {
      Issue.record("nothing came")
      return
    }
    #expect(number == next[thread])
    next[thread] = number + 1
  }
  #expect(next.allSatisfy { $0 == 500 })
}
