/// The tables. Times are text as RFC 3339 has it, in UTC; `_ns` beside one is the same in nanoseconds since 1970. What came from
/// the wire and is not UTF-8, or has a NUL in it, has U+FFFD there, and its bytes in `_base64` beside it.
enum Schema {
  /// What stands in the file's header, `smsc`, so that `file` and we know whose it is.
  static let applicationID = 0x736d_7363
  /// Stands in `PRAGMA user_version`; it changes when a table or a column does.
  static let version = 1

  /// The order of a table's columns is that in which `Row`s are filled.
  static let tables = runs + sessions + mails

  private static let runs = """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      command TEXT NOT NULL,               -- analyze or live
      arguments TEXT NOT NULL,             -- the command line, a JSON array
      program_version TEXT NOT NULL,
      started TEXT NOT NULL,               -- by this machine's clock
      ended TEXT,                          -- NULL while it goes on, and for ever where it was killed
      sessions INTEGER,                    -- from here on: told at its end
      messages INTEGER,
      message_bytes INTEGER,
      packets_not_smtp INTEGER,
      duration_ms REAL,                    -- from the first packet to the last
      evicted_connections INTEGER,         -- given up for memory
      dropped_bytes INTEGER,
      forgotten_names INTEGER,
      dropped_sessions INTEGER             -- live: those that could not be written here in time
    );
    CREATE TABLE captures (                -- files, or the interfaces of a live run
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      number INTEGER NOT NULL,             -- in the run, from 1
      file TEXT NOT NULL,
      packets INTEGER,
      bytes INTEGER,
      link_types TEXT,                     -- a JSON array
      is_truncated INTEGER,
      error TEXT,
      dropped_by_kernel INTEGER,
      dropped_by_interface INTEGER,
      start_time TEXT,
      end_time TEXT,
      UNIQUE (run_id, number)
    );
    CREATE TABLE notes (                   -- what only the whole run tells
      run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      number INTEGER NOT NULL,
      finding TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID;

    """

  private static let sessions = """
    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      number INTEGER NOT NULL,             -- in the run: the id of the JSON
      community_id TEXT NOT NULL,
      capture_id INTEGER NOT NULL REFERENCES captures,
      first_frame INTEGER NOT NULL,
      last_capture_id INTEGER NOT NULL REFERENCES captures,
      last_frame INTEGER NOT NULL,
      start_time TEXT NOT NULL,
      start_ns INTEGER NOT NULL,
      end_time TEXT NOT NULL,
      end_ns INTEGER NOT NULL,
      duration_ms REAL NOT NULL,
      client_ip TEXT NOT NULL,
      client_port INTEGER NOT NULL,
      client_name TEXT,                    -- by DNS answers in the capture
      server_ip TEXT NOT NULL,
      server_port INTEGER NOT NULL,
      server_name TEXT,
      protocol TEXT NOT NULL,              -- smtp, lmtp, unknown
      class TEXT NOT NULL,                 -- mail, health_check, callout
      proxy_kind TEXT,
      proxy_source TEXT,
      proxy_destination TEXT,
      opened_by TEXT NOT NULL,
      closed_by TEXT,
      handshake_ms REAL,
      greeting_code INTEGER,
      greeting_text TEXT,
      greeting_text_base64 TEXT,
      greeting_delay_ms REAL,
      helo_verb TEXT,
      helo_argument TEXT,
      helo_argument_base64 TEXT,
      extensions TEXT NOT NULL,            -- a JSON array
      extensions_base64 TEXT,
      verdict TEXT NOT NULL,
      verdict_cause TEXT,                  -- the finding that explains it
      verdict_message TEXT NOT NULL,
      UNIQUE (run_id, number)
    );
    CREATE INDEX sessions_by_start ON sessions (start_ns);
    CREATE INDEX sessions_by_client ON sessions (client_ip, start_ns);
    CREATE INDEX sessions_by_server ON sessions (server_ip, server_port, start_ns);
    CREATE INDEX sessions_by_community_id ON sessions (community_id);
    CREATE TABLE tcp (                     -- what each side sent
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      sender TEXT NOT NULL,                -- client or server
      packets INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      retransmitted_bytes INTEGER NOT NULL,
      retransmitted_segments INTEGER NOT NULL,
      out_of_order INTEGER NOT NULL,
      missing_bytes INTEGER NOT NULL,
      zero_windows INTEGER NOT NULL,
      bad_checksums INTEGER NOT NULL,
      conflicting_bytes INTEGER NOT NULL,
      duplicate_frames INTEGER NOT NULL,
      clipped_segments INTEGER NOT NULL,
      PRIMARY KEY (session_id, sender)
    ) WITHOUT ROWID;
    CREATE TABLE icmp_errors (
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      kind TEXT NOT NULL,
      reporter TEXT NOT NULL,
      about TEXT NOT NULL,                 -- whose packet it was: client or server
      type INTEGER NOT NULL,
      code INTEGER NOT NULL,
      next_hop_mtu INTEGER,
      frame INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE tls (
      session_id INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
      method TEXT NOT NULL,                -- starttls, implicit
      outcome TEXT NOT NULL,               -- established, refused, failed, unknown
      is_decrypted INTEGER NOT NULL,
      version TEXT,
      cipher TEXT,
      key_group TEXT,
      is_resumed INTEGER,
      sni TEXT,
      sni_base64 TEXT,
      alpn TEXT,
      alpn_base64 TEXT,
      ja3 TEXT,
      ja3s TEXT,
      ja4 TEXT,
      client_certificate TEXT,
      encrypted_alerts_by_client INTEGER,
      encrypted_alerts_by_server INTEGER,
      keys TEXT,                           -- whether secrets served, and why not
      refused_records INTEGER,
      last_message_from TEXT,              -- of a handshake that failed
      last_message TEXT,
      offer TEXT                           -- of the client where it failed, a JSON object
    );
    CREATE TABLE certificates (            -- each once, whoever showed it
      sha256 TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      issuer TEXT NOT NULL,
      not_before TEXT,
      not_after TEXT,
      dns_names TEXT NOT NULL,             -- a JSON array
      key_kind TEXT NOT NULL,
      key_bits INTEGER,
      signature_algorithm TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE session_certificates (
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,             -- the server's own is 1
      sha256 TEXT NOT NULL REFERENCES certificates,
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE INDEX session_certificates_by_sha256 ON session_certificates (sha256);
    CREATE TABLE tls_alerts (
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      sender TEXT NOT NULL,
      level TEXT NOT NULL,
      description TEXT NOT NULL,
      frame INTEGER NOT NULL,
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE auth (
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      mechanism TEXT NOT NULL,
      mechanism_base64 TEXT,
      username TEXT,
      username_base64 TEXT,
      code INTEGER,
      outcome TEXT NOT NULL,               -- accepted, refused, cancelled, unanswered
      in_clear INTEGER NOT NULL,
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE INDEX auth_by_username ON auth (username);
    CREATE TABLE hindsight (               -- what a session tells of an earlier one of its run
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      about_number INTEGER NOT NULL,       -- sessions.number
      kind TEXT NOT NULL,
      after_ms REAL NOT NULL,
      by_number INTEGER NOT NULL,
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE dialogue (                -- with --dialogue
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      time TEXT NOT NULL,
      frame INTEGER NOT NULL,
      sender TEXT NOT NULL,                -- client or server
      kind TEXT NOT NULL,                  -- line, message, gap, encrypted, tls, closed
      text TEXT,                           -- of a line, and of tls
      text_base64 TEXT,
      bytes INTEGER,                       -- of a message, a gap and what is encrypted
      PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;

    """
}
