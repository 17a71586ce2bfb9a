/// Pieces of dialogue that many tests begin with.
enum Dialogues {
  static let hello = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 52428800
    S: 250 AUTH PLAIN LOGIN

    """

  static let envelope =
    hello + """
      C: MAIL FROM:<a@b> SIZE=40
      S: 250 2.1.0 Ok
      C: RCPT TO:<c@d>
      S: 250 2.1.5 Ok

      """

  static let data =
    envelope + """
      C: DATA
      S: 354 go

      """

  static let text =
    data + """
      C: Subject: figures
      C: Message-ID: <1@b>
      C:
      C: ..dots
      C: last

      """

  static let delivered =
    text + """
      C: .
      S: 250 2.0.0 queued as 1
      C: QUIT
      S: 221 bye

      """
}
