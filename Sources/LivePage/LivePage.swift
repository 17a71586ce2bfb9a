package import LiveMetrics
package import Reports
package import SMTPAnalysis
internal import Synchronization

/// What passes, for whoever looks: the capturing thread tells it, the server's threads read it.
package final class LivePage: Sendable {
  private struct Shared {
    var state: PageState
    var streams: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
    var nextStream = 0
    var isOver = false
  }

  private let shared: Mutex<Shared>
  package let limits: PageLimits

  package init(version: String, capture: CaptureCounters, limits: PageLimits = PageLimits()) {
    self.limits = limits
    shared = Mutex(Shared(state: PageState(version: version, capture: capture, limits: limits)))
  }

  // MARK: What the capturing thread tells

  /// A session has ended.
  package func take(_ session: Session, context: ReportContext) {
    shared.withLock { $0.state.take(session, context: context) }
  }

  /// A second has passed.
  package func tick(_ capture: CaptureCounters) {
    shared.withLock { shared in
      shared.state.tick(capture)
      if !shared.streams.isEmpty {
        let news = shared.state.news
        for stream in shared.streams.values { stream.yield(news) }
      }
      shared.state.forgetFresh()
    }
  }

  /// The capture has ended; what is known can still be looked at.
  package func end(_ capture: CaptureCounters) {
    tick(capture)
    let streams = shared.withLock { shared in
      shared.isOver = true
      defer { shared.streams = [:] }
      return shared.streams
    }
    // Not under the lock, which a stream that ends asks for.
    for stream in streams.values { stream.finish() }
  }

  // MARK: What readers ask for

  /// The metrics in Prometheus's text format.
  package var metrics: [UInt8] {
    let metrics = shared.withLock { $0.state.metrics }
    var output = OutputBuffer()
    metrics.write(into: &output)
    return output.take()
  }

  /// The record of a session; nil where it is not known, or no longer.
  package func record(of session: Int) -> [UInt8]? {
    shared.withLock { $0.state.shelf[session]?.record }
  }

  /// A page that is kept up to date: all there is, and then the news of each second until the capture ends.
  struct Subscription {
    let opening: [UInt8]
    let news: AsyncStream<[UInt8]>
  }

  /// nil where too many look already.
  func subscribe() -> Subscription? {
    let (news, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingNewest(LivePage.waitingNews))
    let opened: (state: PageState, number: Int, isOver: Bool)? = shared.withLock { shared in
      guard shared.streams.count < limits.streams else { return nil }
      let number = shared.nextStream
      shared.nextStream += 1
      if !shared.isOver { shared.streams[number] = continuation }
      return (shared.state, number, shared.isOver)
    }
    guard let opened else { return nil }
    if opened.isOver {
      continuation.finish()
    } else {
      continuation.onTermination = { [weak self] _ in
        self?.shared.withLock { _ = $0.streams.removeValue(forKey: opened.number) }
      }
    }
    return Subscription(opening: opened.state.opening, news: news)
  }

  /// Seconds that wait for a slow reader; it notices that one is missing, and asks anew.
  private static let waitingNews = 4
}
