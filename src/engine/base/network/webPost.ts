// What is posted over the network, and what comes back.

export interface WebPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly retryAfter: string | undefined;
  /** A redirect is not followed: whoever posts decides. */
  readonly location: string | undefined;
  /** The first bytes of the body as text; whatever it is, it is not ours. */
  readonly beginning: string;
}

export interface PostOptions {
  /** Who is asked, as the beginning of a sentence: "The webhook at hooks.example.org". */
  readonly peer: string;
  /** The setting that names the address. */
  readonly setting: string;
  /** For all of it; the limits of TIME_LIMITS hold within. */
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
}
