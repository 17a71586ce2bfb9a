import CaptureComparing
import Wire

extension Change {
  /// What it is called where several are summed up.
  var words: String {
    switch kind {
    case .clientAddressTranslated: "the client's address is translated"
    case .serverAddressTranslated: "the server's address is translated"
    case .connectionProxied: "something between ends the connections itself and opens others (a proxy)"
    case .sequenceNumbersRewritten: "sequence numbers of the \(from.words) are rewritten"
    case .maximumSegmentSizeChanged: "the \(from.words)'s maximum segment size is changed"
    case .tcpOptionRemoved: "a TCP option of the \(from.words) is taken out"
    case .tcpOptionAdded: "a TCP option is put in in the \(from.words)'s name"
    case .bannerMasked: "the greeting is masked"
    case .starttlsStripped: "STARTTLS is stripped from what the server offers"
    case .capabilityMasked: "an extension that the server offers is masked"
    case .capabilityRemoved: "an extension that the server offers is taken out"
    case .capabilityAdded: "an extension is put in that the server does not offer"
    case .commandMasked: "a command of the client is masked"
    case .lineChanged: "a line of the \(from.words) is changed"
    case .lineRemoved: "a line of the \(from.words) is taken out"
    case .lineAdded: "a line is put in in the \(from.words)'s name"
    case .headerAdded: "a header field is put into the message"
    case .headerRemoved: "a header field is taken out of the message"
    case .bodyChanged: "the message's body is changed"
    case .payloadRewritten: "bytes of the \(from.words) are rewritten"
    case .packetsLost: "packets of the \(from.words) are lost on the way"
    case .packetsMadeUp: "packets arrive that the \(from.words) did not send"
    case .notCaptured: "packets of the \(from.words) passed and are not in the capture"
    case .resetMadeUp: "a reset arrives in the \(from.words)'s name that it did not send"
    case .resetLost: "a reset of the \(from.words) does not arrive"
    }
  }

  var mark: Mark {
    switch kind {
    case .starttlsStripped, .bodyChanged, .resetMadeUp: .bad
    case .clientAddressTranslated, .serverAddressTranslated, .sequenceNumbersRewritten, .connectionProxied,
      .maximumSegmentSizeChanged, .notCaptured:
      .remark
    default: .caution
    }
  }

  /// What makes two changes of different sessions the same.
  var group: String {
    switch kind {
    case .clientAddressTranslated, .serverAddressTranslated: kind.rawValue
    case .bannerMasked, .lineChanged, .lineRemoved, .lineAdded, .commandMasked, .bodyChanged, .payloadRewritten:
      "\(kind.rawValue) \(from.rawValue)"
    case .headerAdded, .headerRemoved:
      "\(kind.rawValue) \((sent ?? arrived ?? "").prefix { $0 != ":" })"
    default: "\(kind.rawValue) \(from.rawValue) \(sent ?? "") \(arrived ?? "")"
    }
  }

  /// `250-STARTTLS (B #8) → 250-XXXXXXXA (A #8)`
  ///
  /// - Parameter near: The capture nearer to the client; what a client sends is there as it was sent.
  func particulars(_ near: CaptureSide, _ style: TextStyle) -> String {
    let sender = (from == .client ? near : near.other).words
    let receiver = (from == .client ? near.other : near).words
    var text = ""
    if count > 1 || bytes > 0 {
      text = Quantity.count(count, "packet") + (bytes > 0 ? ", \(Quantity.size(bytes))" : "")
    }
    func side(_ line: String?, _ frame: Int?, _ place: String) -> String? {
      let line = line.map { VisibleText.truncated(style.sentence($0), columns: 120, ellipsis: style.ellipsis) }
      guard let frame else { return line.map { "\($0) (\(place))" } }
      return line.map { "\($0) (\(place) #\(frame))" } ?? "\(place) #\(frame)"
    }
    let sides: String? =
      switch (side(sent, sentFrame, sender), side(arrived, arrivedFrame, receiver)) {
      case (let one?, let other?): "\(one) \(style.arrow) \(other)"
      case (let one?, nil): one
      case (nil, let other?): other
      case (nil, nil): nil
      }
    guard let sides else { return text }
    return text.isEmpty ? sides : "\(text): \(sides)"
  }
}

extension Peer {
  var words: String { self == .client ? "client" : "server" }
}

extension CaptureSide {
  var words: String { self == .a ? "A" : "B" }
}

extension LoneSession {
  func words(in side: CaptureSide) -> String {
    let other = side.other.words
    return switch reason {
    case .beforeOtherCapture: "ended before \(other) began"
    case .afterOtherCapture: "began after \(other) ended"
    case .synDropped: "its SYN was not answered and is not in \(other): dropped between"
    case .refusedBetween: "it was refused between, and never came to \(other)"
    case .notAtServerSide:
      "it was answered and is not in \(other): something between answers itself, or it goes another way"
    case .notAtClientSide: "it is not in \(other): something between opened it itself, or it comes another way"
    case .unknown: "why is not known"
    }
  }
}
