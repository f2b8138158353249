// Required by an engine process before its own code: notes what it asks of network, database and files of secrets.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const net = require('node:net');
const dns = require('node:dns');

const { M7_WITNESS: notes, M7_WITNESS_SQL: marker, M7_WITNESS_FILES: files } = process.env;
const append = fs.appendFileSync;
const note = (kind, what) => append(notes, `${JSON.stringify({ kind, what: String(what).slice(0, 300) })}\n`);

/** Calls `look` with the arguments of each call of a function that an object holds. */
function watch(object, name, look) {
  const inner = object[name];
  object[name] = function (...given) {
    look(...given);
    return inner.apply(this, given);
  };
}

watch(net.Socket.prototype, 'connect', (first) => note('network', JSON.stringify(first)));
watch(dns, 'lookup', (name) => note('network', `lookup of ${name}`));
watch(dns.promises, 'lookup', (name) => note('network', `lookup of ${name}`));

const secret = new RegExp(files);
const read = (path) => {
  if (typeof path === 'string' && secret.test(path)) note('secrets', path);
};
for (const name of ['readFileSync', 'openSync', 'open', 'readFile', 'createReadStream', 'copyFileSync'])
  watch(fs, name, read);
for (const name of ['readFile', 'open', 'copyFile']) watch(fs.promises, name, read);

/** What the native module is given as SQL; values are bound by functions of other names. */
const takesSql = /^(?:query|prepare|extract_statements|get_table_names)$/;
const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (!/duckdb\.node$/.test(request)) return loaded;
  // Its functions can be neither listed nor replaced.
  const watched = {};
  for (const name of Object.getOwnPropertyNames(loaded)) watched[name] = loaded[name];
  for (const name of Object.keys(watched).filter((one) => takesSql.test(one)))
    watch(watched, name, (_, sql) => {
      // A fragment that is parsed as text is bound as a value: it is not in the statement.
      if (sql.includes(marker) || /^\s*ATTACH\b/i.test(sql)) note('sql', sql);
    });
  return watched;
};
