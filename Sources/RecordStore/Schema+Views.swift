extension Schema {
  /// Views for what is asked most, and the search through texts.
  ///
  /// The index takes its texts from the view `mail_texts`, so that none is kept twice. What is deleted leaves it by the
  /// trigger, which must run while the mail's rows are there.
  static let views = """
    CREATE VIEW mails AS                   -- a row a recipient
    SELECT
      s.run_id, s.number AS session, t.number AS mail, t.start_time AS time, t.start_ns,
      coalesce(s.client_name, s.client_ip) AS client, coalesce(s.server_name, s.server_ip) AS server,
      t.mail_from AS sender, t.mail_from_domain AS sender_domain, r.address AS recipient,
      r.domain AS recipient_domain, m.subject, m.message_id, m.bytes,
      coalesce(r.outcome, t.outcome) AS outcome, t.outcome AS mail_outcome, t.cause,
      CASE WHEN r.code >= 400 THEN r.code ELSE coalesce(r.data_code, t.data_code, r.code, t.mail_code) END AS code,
      CASE WHEN r.code >= 400 THEN r.text ELSE coalesce(r.data_text, t.data_text, r.text, t.mail_text) END AS reply,
      s.id AS session_id, t.id AS transaction_id, r.id AS recipient_id
    FROM transactions AS t
    JOIN sessions AS s ON s.id = t.session_id
    LEFT JOIN recipients AS r ON r.transaction_id = t.id
    LEFT JOIN messages AS m ON m.transaction_id = t.id;
    CREATE VIEW refusals AS                -- who did not get it, by the server's own words
    SELECT * FROM mails WHERE outcome IN ('refused', 'deferred');
    CREATE VIEW problems AS                -- warnings and errors, with the session that they are of
    SELECT
      s.run_id, s.number AS session, f.transaction_number AS mail, coalesce(f.time, s.start_time) AS time, s.start_ns,
      coalesce(s.client_name, s.client_ip) AS client, coalesce(s.server_name, s.server_ip) AS server,
      f.severity, f.finding, f.message, f.evidence, f.session_id
    FROM findings AS f
    JOIN sessions AS s ON s.id = f.session_id
    WHERE f.severity <> 'info';
    CREATE VIEW server_times AS            -- what server and network took of each phase, as the report's table
    SELECT
      s.run_id, s.server_ip, s.server_port, max(s.server_name) AS server_name, p.phase, count(*) AS times,
      avg(p.duration_ms - p.client_ms) AS average_ms, max(p.duration_ms - p.client_ms) AS longest_ms
    FROM phases AS p
    JOIN sessions AS s ON s.id = p.session_id
    WHERE p.server_ms > 0 OR p.network_ms > 0
    GROUP BY s.run_id, s.server_ip, s.server_port, p.phase;
    CREATE VIEW mail_texts AS              -- what mail_search looks through
    SELECT
      t.id AS transaction_id, m.subject, t.mail_from AS sender,
      (SELECT group_concat(address, ' ') FROM (
        SELECT address FROM recipients WHERE transaction_id = t.id ORDER BY number)) AS recipients,
      m.header_from, m.header_to,
      told.replies
    FROM transactions AS t
    JOIN (SELECT id, coalesce(mail_text || ' ', '') || coalesce((
        SELECT group_concat(reply, '') FROM (
          SELECT coalesce(text || ' ', '') || coalesce(data_text || ' ', '') AS reply
          FROM recipients WHERE transaction_id = transactions.id ORDER BY number)), '')
        || coalesce(data_text, '') AS replies FROM transactions) AS told ON told.id = t.id
    LEFT JOIN messages AS m ON m.transaction_id = t.id;
    CREATE VIRTUAL TABLE mail_search USING fts5 (
      subject, sender, recipients, header_from, header_to, replies,
      content = 'mail_texts', content_rowid = 'transaction_id', tokenize = "unicode61 remove_diacritics 2"
    );
    CREATE TRIGGER transactions_leave_search BEFORE DELETE ON transactions BEGIN
      INSERT INTO mail_search (mail_search, rowid, subject, sender, recipients, header_from, header_to, replies)
      SELECT 'delete', transaction_id, subject, sender, recipients, header_from, header_to, replies
      FROM mail_texts WHERE transaction_id = old.id;
    END;

    """
}
