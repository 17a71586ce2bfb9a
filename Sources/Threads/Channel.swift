// Threads: queues between threads, for the targets that have several of them.

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

/// Starts a thread of its own for `body`, which may wait for others.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  DispatchQueue(label: name).async(execute: body)
}
