internal import TCPStreams
internal import Wire

/// What is remembered across sessions, and files: what one session alone cannot show.
///
/// Sessions are shown to it once each, in the order in which they are reported. It looks back only: what is known later
/// is told by the later session. All that it needs stands in the records, so that it does not matter who made them.
public struct SessionMemory: Sendable {
  private var connections: OpenConnections
  private var visits: VisitMemory
  private var callouts: CalloutMemory
  private var attempts: AttemptMemory
  private var messages: MessageMemory
  private var offers: OfferMemory
  private var fallbacks: FallbackMemory
  private var paths: PathMemory

  /// Remembers nothing yet, and will keep as much as `limits` allow.
  public init(limits: MemoryLimits = MemoryLimits()) {
    connections = OpenConnections(limits: limits)
    visits = VisitMemory(limits: limits)
    callouts = CalloutMemory(limits: limits)
    attempts = AttemptMemory(limits: limits)
    messages = MessageMemory(limits: limits)
    offers = OfferMemory(limits: limits)
    fallbacks = FallbackMemory(limits: limits)
    paths = PathMemory(limits: limits)
  }

  /// A mail connection began; to be told before any session that ends later is shown.
  public mutating func opened(_ opening: SessionOpening) {
    connections.opened(opening)
    paths.opened(opening)
  }

  /// Adds what is known of earlier sessions to this one, and remembers it.
  public mutating func observe(_ session: inout Session) {
    // Field by field, and by methods of the session: what is handed over of it is copied, and it is much to copy.
    let connection = SessionOpening(
      time: session.connection.firstFrame.time, client: session.connection.client.address,
      server: session.connection.server.address)
    let end = session.connection.lastFrame.time
    connections.advance(to: end)
    connections.explain(&session)
    if session.hasShapeOfCallout, connections.count(to: connection.client) > 0 || session.isLoneCallout {
      callouts.classify(&session)
    }
    // Who leaves for want of STARTTLS is back at each queue run and no health check.
    if session.purpose == .mail { offers.observe(&session) }
    visits.observe(&session)
    if session.purpose == .mail {
      callouts.explain(&session)
      messages.observe(&session)
      attempts.observe(&session)
      fallbacks.observe(&session)
      paths.observe(&session)
    }
    connections.closed(connection, at: end)
  }

  /// What there is to say when all sessions were shown.
  public var notes: [AnalysisSummary.Note] { attempts.notes() }
}
