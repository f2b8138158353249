// SQL that grows with the data alone, in one call that answers no interrupt: no bound before it runs can know.

/** A text of 2^times times the letters a of `sql`, a text. */
export const doubled = (sql: string, times: number): string =>
  `${'replace('.repeat(times)}${sql}${", 'a', 'aa')".repeat(times)}`;
