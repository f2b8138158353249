// How long anything over the network may take: one table, for all who connect. The manual shows it (Operation).

/** In milliseconds. The shortest that applies ends a request. */
export const TIME_LIMITS = {
  /** Until a connection is there: name, TCP, proxy, TLS. */
  connectMs: 5_000,
  /** From then on until the first line and the headers of an answer are there. */
  answerMs: 10_000,
  /** For the body of an answer, of which the beginning is read: its status has said how it went. */
  bodyMs: 1_000,
  /** One alert to a webhook, its second try included. */
  webhookMs: 10_000,
  /** One alert after a run, by mail or webhook; and all that waited, together. */
  alertMs: 12_000,
  /** One test alert, for which somebody waits. */
  testAlertMs: 20_000,
  /** One lineage event. */
  lineageMs: 3_000,
  /** All lineage events that are left when the run has ended. */
  lineageEndMs: 5_000,
  snowflake: {
    /** A login by password, key or token. */
    loginMs: 30_000,
    /** A login that a person makes in the browser. */
    browserMs: 150_000,
    /** One HTTP request; a statement takes as many as it needs, up to SNOWFLAKE_STATEMENT_TIMEOUT. */
    requestMs: 75_000,
    /** The first pause before another try; each later one is twice as long. */
    pauseMs: 500,
    /** What may be waited for when something has failed already. */
    lastMs: 10_000,
    /**
     * What is waited at least for a lock, however short statements may be: a transaction whose loader was killed keeps
     * its locks until it was idle for five minutes.
     */
    lockMs: 360_000,
  },
} as const;

/** So much of an answer's body is read. */
export const MOST_ANSWER_BYTES = 4_096;
