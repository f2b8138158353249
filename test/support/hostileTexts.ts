// Texts that somebody writes to do more than be read: one for each sink that knows markup.

/** Nothing answers there, and nothing may ask. */
export const CANARY = 'm7-canary.invalid';

export const HOSTILE_TEXTS = {
  link: '[Show the row](command:workbench.action.terminal.new)',
  titled: `[Show](https://${CANARY}/a "Click here")`,
  image: `![x](https://${CANARY}/pixel.png)`,
  html: `<img src="https://${CANARY}/i.png" onerror=alert(1)><script>alert(1)</script>`,
  address: `https://${CANARY}/login www.${CANARY} ops@${CANARY}`,
  bracketed: `<https://${CANARY}/x> <command:workbench.action.terminal.new>`,
  icon: '$(check) all good $(sync~spin)',
  colour: '\u001b[31mred\u001b[8mhidden\u001b[0m',
  title: '\u001b]0;owned\u0007',
  osc8: `\u001b]8;;https://${CANARY}/\u001b\\click\u001b]8;;\u001b\\`,
  c1: '\u009b31mred \u009d0;owned\u009c',
  lines: 'a\r\nBcc: evil@m7-canary.invalid\r\n\r\nerror  /etc/passwd:1\n  at /etc/passwd:1',
  carriage: 'failed\rpassed',
  backspace: 'failed\b\b\b\b\b\bpassed',
  bidi: 'safe\u202egnp.exe\u202c \u2066x\u2069',
  nul: 'a\u0000b',
  slack: `<!channel> <!here> <@U123> <https://${CANARY}|ok> *bold* _it_ ~no~ \`code\` :white_check_mark:`,
  teams: '{{DATE(2017-02-14T06:08:39Z, SHORT)}} **bold** <at>all</at>',
  xml: ']]> &amp; &#0; "quoted" \'single\' \ufffe \ud800',
  table: 'a | b\n--- | ---\n1 | 2',
  heading: '# Title',
  list: '- one\n- two\n1. three',
  formula: '$x^2$ $$y$$',
} as const;

export const HOSTILE: readonly string[] = Object.values(HOSTILE_TEXTS);
/** All of them in one. */
export const ALL_HOSTILE = HOSTILE.join(' ');
