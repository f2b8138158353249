// The style of the HTML report, inside the page so that the file stands alone.

export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ink: #1d2329; --muted: #5c6670; --paper: #ffffff; --raised: #f4f6f8; --line: #d5dbe1;
  --good: #1a7f37; --warn: #8a5a00; --bad: #c21c2c; --none: #5c6670;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e3e8ed; --muted: #9aa5b1; --paper: #14181d; --raised: #1d232a; --line: #38424d;
    --good: #4cc38a; --warn: #e5b454; --bad: #ff7b86; --none: #9aa5b1;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; }
h2 { margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; white-space: pre-line; }
a { color: inherit; }
.muted { color: var(--muted); }
.badge { display: inline-block; padding: 0 .5em; border: 1px solid currentColor; border-radius: 1em;
  font-size: .8rem; font-weight: 600; color: var(--none); vertical-align: middle; white-space: nowrap; }
.passed, .arrived { color: var(--good); }
.warned, .missing, .waiting, .duplicate { color: var(--warn); }
.failed, .error, .rejected { color: var(--bad); }
.flow { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: .5rem 0; padding: 0; list-style: none; }
.flow li + li::before { content: "\\2192"; margin-right: .75rem; color: var(--muted); }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 500; white-space: nowrap; }
td { max-width: 28rem; overflow-wrap: break-word; }
td bdi { white-space: pre-line; }
.number { text-align: right; white-space: nowrap; }
.bar { width: 7rem; height: .6rem; margin: .35rem 0 .1rem; border-radius: .3rem; background: var(--raised);
  border: 1px solid var(--line); overflow: hidden; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar i { display: block; height: 100%; background: currentColor; }
@media print {
  :root { --ink: #000; --muted: #444; --paper: #fff; --raised: #fff; --line: #999;
    --good: #14602a; --warn: #6b4500; --bad: #9b1422; --none: #444; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll { overflow: visible; }
  tr, h2, h3 { break-inside: avoid; break-after: auto; }
  h2, h3, caption { break-after: avoid; }
}
`;
