internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Answers requests.
struct PageResponder: Sendable {
  let page: LivePage
  let access: PageAccess
  let document = PageDocument.embedded

  /// Thrown where the connection is not to be used again.
  private struct Closing: Error {}

  func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
    guard request.method == .get || request.method == .head else {
      var head = self.head(.methodNotAllowed, "text/plain; charset=utf-8")
      head.headerFields[.allow] = "GET, HEAD"
      return try await refuse(request, writer, channel, head)
    }
    // A body has no meaning here (RFC 9110 section 9.3.1), and an endless one would hold the connection.
    guard request.headers[.contentLength] ?? "0" == "0", request.headers[.transferEncoding] == nil else {
      return try await refuse(request, writer, channel, head(.badRequest, "text/plain; charset=utf-8"))
    }
    switch access.answer(to: request) {
    case .granted:
      break
    case .tokenNeeded:
      var head = self.head(.unauthorized, "text/plain; charset=utf-8")
      head.headerFields[.wwwAuthenticate] = "Bearer"
      return try await send(
        Array("The token is missing or wrong: /?token=TOKEN, or Authorization: Bearer TOKEN.\n".utf8), head, request,
        writer, channel)
    case .wrongHost:
      return try await send(
        Array("This is reached by the address or as localhost.\n".utf8),
        head(.misdirectedRequest, "text/plain; charset=utf-8"), request, writer, channel)
    }
    switch request.uri.path {
    case "/":
      try await send(document.html, head(.ok, "text/html; charset=utf-8"), request, writer, channel)
    case "/metrics":
      try await send(
        page.metrics, head(.ok, "text/plain; version=0.0.4; charset=utf-8"), request, writer, channel)
    case "/catalogue":
      try await send(PageState.catalogue, head(.ok, "application/json"), request, writer, channel)
    case "/events":
      try await stream(request, writer, channel)
    case let path:
      guard path.hasPrefix("/sessions/"), let id = Int(path.dropFirst(10)), let record = page.record(of: id) else {
        return try await send(
          Array("There is nothing here.\n".utf8), head(.notFound, "text/plain; charset=utf-8"), request, writer, channel
        )
      }
      try await send(record, head(.ok, "application/json"), request, writer, channel)
    }
  }

  // MARK: Answers

  private func head(_ status: HTTPResponse.Status, _ type: String) -> HTTPResponse {
    var fields = HTTPFields()
    fields[.contentType] = type
    fields[.cacheControl] = "no-store"
    fields[.contentSecurityPolicy] = document.policy
    fields[.xContentTypeOptions] = "nosniff"
    for (name, value) in [
      ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"), ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
    ] {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return HTTPResponse(status: status, headerFields: fields)
  }

  private func send(
    _ body: [UInt8], _ head: HTTPResponse, _ request: Request, _ writer: consuming ResponseWriter,
    _ channel: any Channel
  ) async throws {
    var head = head
    head.headerFields[.contentLength] = String(body.count)
    let deadline = Deadline(channel, page.limits)
    defer { deadline.lift() }
    if request.method == .head {
      try await writer.writeResponse(head)
    } else {
      try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
  }

  /// Answers, and closes: what else comes on the connection is not read.
  private func refuse(
    _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel, _ head: HTTPResponse
  ) async throws {
    var head = head
    head.headerFields[.connection] = "close"
    try await send(Array("\(head.status.reasonPhrase)\n".utf8), head, request, writer, channel)
    throw Closing()
  }

  /// Server-sent events: `state` once, `news` each second, `over` when the capture has ended.
  private func stream(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
    guard request.method == .get else {
      return try await send([], head(.ok, "text/event-stream"), request, writer, channel)
    }
    guard let subscription = page.subscribe() else {
      var head = self.head(.serviceUnavailable, "text/plain; charset=utf-8")
      head.headerFields[.retryAfter] = "30"
      return try await send(Array("Too many pages are open.\n".utf8), head, request, writer, channel)
    }
    var body = try await writer.writeHead(head(.ok, "text/event-stream"))
    try await write("state", subscription.opening, to: &body, channel)
    for await news in subscription.news { try await write("news", news, to: &body, channel) }
    try await write("over", Array("{}".utf8), to: &body, channel)
    try await body.finish(nil)
  }

  private func write(
    _ event: String, _ data: [UInt8], to body: inout some ResponseBodyWriter, _ channel: any Channel
  ) async throws {
    let deadline = Deadline(channel, page.limits)
    defer { deadline.lift() }
    var buffer = ByteBuffer()
    buffer.writeString("event: \(event)\ndata: ")
    buffer.writeBytes(data)
    buffer.writeString("\n\n")
    try await body.write(buffer)
  }
}

/// Closes a connection whose reader does not take what is written.
private struct Deadline {
  private let task: Scheduled<Void>

  init(_ channel: any Channel, _ limits: PageLimits) {
    task = channel.eventLoop.scheduleTask(in: .seconds(limits.patience)) { channel.close(promise: nil) }
  }

  func lift() {
    task.cancel()
  }
}
