package import Wire

/// Something that is not at the one place as it is at the other.
package struct Change: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case clientAddressTranslated = "client_address_translated"
    case serverAddressTranslated = "server_address_translated"
    case connectionProxied = "connection_proxied"
    case sequenceNumbersRewritten = "sequence_numbers_rewritten"
    case maximumSegmentSizeChanged = "mss_changed"
    case tcpOptionRemoved = "tcp_option_removed"
    case tcpOptionAdded = "tcp_option_added"
    case bannerMasked = "banner_masked"
    case starttlsStripped = "starttls_stripped"
    case capabilityMasked = "capability_masked"
    case capabilityRemoved = "capability_removed"
    case capabilityAdded = "capability_added"
    case commandMasked = "command_masked"
    case lineChanged = "line_changed"
    case lineRemoved = "line_removed"
    case lineAdded = "line_added"
    case headerAdded = "header_added"
    case headerRemoved = "header_removed"
    case bodyChanged = "body_changed"
    case payloadRewritten = "payload_rewritten"
    case packetsLost = "packets_lost"
    case packetsMadeUp = "packets_made_up"
    case notCaptured = "not_captured"
    case resetMadeUp = "reset_made_up"
    case resetLost = "reset_lost"
  }

  package var kind: Kind
  /// Who had sent it, or in whose name it was.
  package var from: Peer
  /// As it was sent, or as it is nearer to who sent it.
  package var sent: String?
  /// As it arrived, or as it is nearer to who it is for.
  package var arrived: String?
  /// Frames at the sender's place and at the receiver's.
  package var sentFrame: Int?
  package var arrivedFrame: Int?
  /// Of packets: how many, and how many bytes of payload.
  package var count = 1
  package var bytes = 0

  package init(_ kind: Kind, from: Peer, sent: String? = nil, arrived: String? = nil) {
    self.kind = kind
    self.from = from
    self.sent = sent
    self.arrived = arrived
  }
}

extension [UInt8] {
  /// Fit to be shown.
  var visible: String { String(visible: span) }
}
