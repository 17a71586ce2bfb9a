import TestSupport
import Testing
import Wire

/// However it is used, it is an array of which the front is taken.
@Test(arguments: UInt64(0)..<10)
func `a queue is an array of which the first is taken`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var queue = Queue<Int>()
  var model: [Int] = []
  // Now it grows and now it shrinks, so that it is emptied and compacted too.
  for step in 0..<1500 {
    let grows = step / 250 % 2 == 0
    if Int.random(in: 0..<4, using: &random) == 0 ? grows : !grows {
      let taken = queue.popFirst()
      let expected = model.isEmpty ? nil : model.removeFirst()
      if taken != expected { Issue.record("\(String(describing: taken)) was taken in step \(step)") }
    } else {
      queue.append(step)
      model.append(step)
    }
    if !model.isEmpty, step % 7 == 0 {
      let place = Int.random(in: model.indices, using: &random)
      queue[place] += 1
      model[place] += 1
    }
    if step % 500 == 499 {
      queue.removeAll { $0 % 3 == 0 }
      model.removeAll { $0 % 3 == 0 }
    }
    guard step % 10 == 0 else { continue }
    #expect(queue.isEmpty == model.isEmpty && queue.first == model.first)
    #expect(queue.indices.map { queue[$0] } == model)
  }
}
