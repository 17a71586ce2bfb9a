// Threads: threads and queues between them, for the targets that have several of them.

private import Dispatch
private import Synchronization

/// A queue from one thread to another. It has no bound of its own: whoever puts waits for answers before it puts more.
package final class Channel<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let filled = DispatchSemaphore(value: 0)

  package init() {}

  package func put(_ element: Element) {
    elements.withLock { $0.append(element) }
    filled.signal()
  }

  /// The oldest element; waits until there is one.
  package func take() -> Element? {
    filled.wait()
    return elements.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
