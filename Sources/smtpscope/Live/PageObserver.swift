internal import LiveMetrics
internal import LivePage
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Serves metrics and a page of what passes live (`--metrics`).
final class PageObserver: LiveObserver {
  private let address: PageAddress
  private let access: PageAccess
  private let isQuiet: Bool
  private var serving: (page: LivePage, server: PageServer)?

  init(_ address: PageAddress, access: PageAccess, isQuiet: Bool) {
    self.address = address
    self.access = access
    self.isQuiet = isQuiet
  }

  func begin(_ context: ReportContext) throws(Failure) {
    let now = LiveClock.wall
    var capture = CaptureCounters(start: now, now: now)
    capture.interfaces = context.fileNames.map(CaptureCounters.Interface.init)
    let page = LivePage(version: Smtpscope.version, capture: capture)
    do throws(PageError) {
      let server = try PageServer(page, on: address, access: access)
      serving = (page, server)
      if !isQuiet { LogLine.say("page at \(server.address.url), metrics at \(server.address.url)metrics", .info) }
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  func session(_ session: Session, isKept: Bool, context: ReportContext) {
    serving?.page.take(session, context: context)
  }

  func tick(_ counters: LiveCounters) {
    serving?.page.tick(CaptureCounters(counters))
  }

  func end(_ counters: LiveCounters) {
    serving?.page.end(CaptureCounters(counters))
    serving?.server.stop()
    serving = nil
  }
}

extension CaptureCounters {
  init(_ counters: LiveCounters) {
    self.init(start: counters.start, now: counters.time)
    interfaces = counters.interfaces.map { counted in
      var interface = Interface(counted.name)
      interface.packets = counted.packets
      interface.bytes = counted.bytes
      interface.droppedByKernel = counted.kernelDropped
      interface.droppedByInterface = counted.interfaceDropped
      interface.isUp = counted.isUp
      return interface
    }
    droppedRecords = counters.droppedRecords
    droppedHeldPackets = counters.droppedHeldPackets
    heldPacketBytes = counters.heldPacketBytes
    openConnections = counters.openConnections
    evictedConnections = counters.limited?.evictedConnections
    heldBytes = counters.heldBytes
    residentBytes = counters.memory
  }
}
