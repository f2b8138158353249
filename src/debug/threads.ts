// Must be the first import: DuckDB's queries occupy libuv's threads, and its default of four starves file I/O.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
