extension Schema {
  static let mails = """
    CREATE TABLE transactions (
      id INTEGER PRIMARY KEY,
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,             -- in the session, from 1
      frame INTEGER NOT NULL,
      start_time TEXT NOT NULL,
      start_ns INTEGER NOT NULL,
      end_time TEXT NOT NULL,
      end_ns INTEGER NOT NULL,
      mail_from TEXT,                      -- empty: the null reverse-path
      mail_from_base64 TEXT,
      mail_from_domain TEXT,               -- in lower case
      mail_parameters TEXT NOT NULL,       -- a JSON array
      mail_parameters_base64 TEXT,
      mail_code INTEGER,
      mail_enhanced TEXT,
      mail_text TEXT,
      mail_text_base64 TEXT,
      mail_reply_ms REAL,
      transfer TEXT,                       -- data, bdat
      data_code INTEGER,
      data_enhanced TEXT,
      data_text TEXT,
      data_text_base64 TEXT,
      data_reply_ms REAL,
      end_reply_ms REAL,
      outcome TEXT NOT NULL,
      cause TEXT,                          -- the finding that explains it
      explanation TEXT,
      UNIQUE (session_id, number)
    );
    CREATE INDEX transactions_by_start ON transactions (start_ns);
    CREATE INDEX transactions_by_sender ON transactions (mail_from COLLATE NOCASE);
    CREATE INDEX transactions_by_sender_domain ON transactions (mail_from_domain);
    CREATE INDEX transactions_by_outcome ON transactions (outcome, start_ns);
    CREATE TABLE recipients (
      id INTEGER PRIMARY KEY,
      transaction_id INTEGER NOT NULL REFERENCES transactions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      address TEXT NOT NULL,
      address_base64 TEXT,
      domain TEXT,                         -- in lower case
      parameters TEXT NOT NULL,            -- a JSON array
      parameters_base64 TEXT,
      code INTEGER,
      enhanced TEXT,
      text TEXT,
      text_base64 TEXT,
      reply_ms REAL,
      data_code INTEGER,                   -- LMTP: the reply after the data
      data_enhanced TEXT,
      data_text TEXT,
      data_text_base64 TEXT,
      outcome TEXT NOT NULL,               -- accepted, refused, deferred, unanswered
      UNIQUE (transaction_id, number)
    );
    CREATE INDEX recipients_by_address ON recipients (address COLLATE NOCASE);
    CREATE INDEX recipients_by_domain ON recipients (domain, outcome);
    CREATE TABLE messages (
      transaction_id INTEGER PRIMARY KEY REFERENCES transactions ON DELETE CASCADE,
      bytes INTEGER NOT NULL,
      sha256 TEXT,
      is_complete INTEGER NOT NULL,
      missing_bytes INTEGER NOT NULL,
      holes TEXT,                          -- a JSON array of {offset, bytes}
      further_holes INTEGER,
      subject TEXT,
      header_from TEXT,
      header_to TEXT,
      date TEXT,
      message_id TEXT,
      further_received INTEGER,
      transit_ms REAL,
      software TEXT,
      software_base64 TEXT,
      software_from TEXT,
      is_proven_whole INTEGER,             -- by DKIM; NULL where it has no signature
      further_signatures INTEGER
    );
    CREATE INDEX messages_by_message_id ON messages (message_id);
    CREATE INDEX messages_by_sha256 ON messages (sha256);
    CREATE TABLE received (                -- the way of a message, the newest hop first
      transaction_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      number INTEGER NOT NULL,
      date TEXT,
      delay_ms REAL,
      from_host TEXT,
      from_host_base64 TEXT,
      from_ip TEXT,
      by_host TEXT,
      by_host_base64 TEXT,
      with_protocol TEXT,
      with_protocol_base64 TEXT,
      queue_id TEXT,
      queue_id_base64 TEXT,
      for_address TEXT,
      for_address_base64 TEXT,
      PRIMARY KEY (transaction_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE dkim (
      transaction_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      number INTEGER NOT NULL,
      body TEXT NOT NULL,                  -- matches, altered, unknown
      body_reason TEXT,
      signature TEXT NOT NULL,
      signature_reason TEXT,
      domain TEXT NOT NULL,
      domain_base64 TEXT,
      selector TEXT NOT NULL,
      selector_base64 TEXT,
      algorithm TEXT NOT NULL,
      algorithm_base64 TEXT,
      canonicalization TEXT NOT NULL,
      body_length INTEGER,
      unsigned_bytes INTEGER,
      signed_at INTEGER,                   -- seconds since 1970
      expires INTEGER,
      is_expired INTEGER NOT NULL,
      key_bits INTEGER,
      key_from TEXT,
      key_frame INTEGER,
      PRIMARY KEY (transaction_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE attachments (             -- with --attachments
      transaction_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      number INTEGER NOT NULL,
      name TEXT,
      type TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT,
      md5 TEXT,
      sniffed_type TEXT,
      disposition TEXT,
      encoding TEXT,
      charset TEXT,
      original_name TEXT,                  -- as it was written, where that differs
      original_name_base64 TEXT,
      part TEXT NOT NULL,                  -- as IMAP counts
      found_in TEXT NOT NULL,
      is_incomplete INTEGER NOT NULL,
      problems TEXT NOT NULL,              -- a JSON array
      PRIMARY KEY (transaction_id, number)
    ) WITHOUT ROWID;
    CREATE INDEX attachments_by_sha256 ON attachments (sha256);
    CREATE INDEX attachments_by_name ON attachments (name COLLATE NOCASE);
    CREATE TABLE urls (                    -- with --attachments
      transaction_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      number INTEGER NOT NULL,
      url TEXT NOT NULL,
      PRIMARY KEY (transaction_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE mime_problems (           -- with --attachments
      transaction_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
      number INTEGER NOT NULL,
      problem TEXT NOT NULL,
      part TEXT NOT NULL,
      evidence TEXT,
      evidence_base64 TEXT,
      PRIMARY KEY (transaction_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE phases (                  -- what a session's time was spent with, in order
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      transaction_number INTEGER,
      phase TEXT NOT NULL,
      duration_ms REAL NOT NULL,
      client_ms REAL NOT NULL,
      server_ms REAL NOT NULL,
      network_ms REAL NOT NULL,
      PRIMARY KEY (session_id, number),
      FOREIGN KEY (session_id, transaction_number) REFERENCES transactions (session_id, number) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE TABLE findings (
      session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      number INTEGER NOT NULL,
      transaction_number INTEGER,          -- NULL: it is of the session
      finding TEXT NOT NULL,               -- smtpscope explain FINDING
      severity TEXT NOT NULL,              -- info, warning, error
      frame INTEGER,
      time TEXT,
      message TEXT NOT NULL,
      evidence TEXT,                       -- with escapes
      reference TEXT,
      PRIMARY KEY (session_id, number),
      FOREIGN KEY (session_id, transaction_number) REFERENCES transactions (session_id, number) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX findings_by_finding ON findings (finding);

    """
}
