private import Glibc
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Threads

/// Serves a page and its metrics by HTTP/1.1, in one thread of its own.
///
/// It is made where somebody asks for it; nothing of it runs otherwise.
package final class PageServer: Sendable {
  /// Where it listens; the port is the kernel's choice where 0 was asked for.
  package let address: PageAddress
  private let group: MultiThreadedEventLoopGroup
  private let executor: LoopExecutor
  private let server: Server<HTTP1Channel>
  private let running: Task<Void, Never>

  /// Listens, and returns when it does. Throws the reason where it cannot.
  package init(_ page: LivePage, on address: PageAddress, access: PageAccess) throws(PageError) {
    // NIO traps where there is no memory for its thread: whether there is shows here.
    do throws(ThreadError) {
      try startThread(named: "page") {}
    } catch {
      throw PageError(address: address, reason: error.description)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    let executor = LoopExecutor(group.next())
    self.executor = executor
    let listening = group.next().makePromise(of: Int.self)
    let responder = PageResponder(page: page, access: access)
    let limits = page.limits
    // What a reader does wrong is his; nothing is logged, and so no token either.
    let logger = Logger(label: "smtpscope", factory: { _ in SwiftLogNoOpLogHandler() })
    let server = Server(
      childChannelSetup: HTTP1Channel(
        responder: { request, writer, channel in try await responder.respond(to: request, writer, channel) },
        configuration: .init(
          idleTimeout: .seconds(limits.patience),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.requestBytes, maxHeaderListSize: limits.requestBytes, maxHeaderFieldCount: 100))),
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: Int(address.port)),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
      onServerRunning: { channel in listening.succeed(channel.localAddress?.port ?? Int(address.port)) },
      eventLoopGroup: group, logger: logger)
    self.server = server
    let running = Task(executorPreference: executor) {
      do {
        try await server.run()
        listening.fail(CancellationError())
      } catch {
        listening.fail(error)
      }
    }
    self.running = running
    do {
      let port = try listening.futureResult.wait()
      self.address = PageAddress(host: address.host, port: UInt16(clamping: port))
    } catch {
      executor.end(group, behind: running)
      // strerror(3) returns a string that lasts until the thread's next call.
      let reason = (error as? IOError).flatMap { unsafe strerror($0.errnoCode).map { unsafe String(cString: $0) } }
      throw PageError(address: address, reason: reason ?? "\(error)")
    }
  }

  /// Closes everything; readers of a page that is over are given a moment to hear so.
  package func stop() {
    let heard = group.next().makePromise(of: Void.self)
    group.next().scheduleTask(in: .seconds(1)) { heard.succeed(()) }
    let closing = Task(executorPreference: executor) { [server] in
      try? await server.shutdownGracefully()
      heard.succeed(())
    }
    try? heard.futureResult.wait()
    running.cancel()
    executor.end(group, behind: running, closing)
  }
}

/// Why it cannot be served.
package struct PageError: Error, CustomStringConvertible {
  package var address: PageAddress
  package var reason: String

  package var description: String { "cannot listen on \(address.url): \(reason)" }
}
