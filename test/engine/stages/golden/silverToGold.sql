-- keys of more than one row
CREATE OR REPLACE TEMPORARY TABLE m7_duplicate_keys AS
SELECT "playback_id"
FROM (
SELECT
  "playback_id",
  "user_id",
  CAST(NULL AS VARCHAR) AS "Note",
  "_brand",
  "_source_file",
  "_source_row",
  file_row_number + 0 AS "m7_position"
FROM read_parquet('/data/silver/20240301/Skylink/Playback.parquet', file_row_number = true)
UNION ALL
SELECT
  "playback_id",
  "user_id",
  "Note",
  "_brand",
  "_source_file",
  "_source_row",
  file_row_number + 1000 AS "m7_position"
FROM read_parquet('/data/silver/20240301/Canal Digitaal/Playback.parquet', file_row_number = true)
)
WHERE NOT ("playback_id" IS NULL)
GROUP BY "playback_id"
HAVING count(*) > 1;

-- all their rows but the last one
CREATE OR REPLACE TEMPORARY TABLE m7_duplicate_rows AS
SELECT "m7_position"
FROM (
SELECT "m7_position", row_number() OVER (PARTITION BY "playback_id" ORDER BY "m7_position" DESC) AS "m7_rank"
FROM (
SELECT
  "playback_id",
  "user_id",
  CAST(NULL AS VARCHAR) AS "Note",
  "_brand",
  "_source_file",
  "_source_row",
  file_row_number + 0 AS "m7_position"
FROM read_parquet('/data/silver/20240301/Skylink/Playback.parquet', file_row_number = true)
UNION ALL
SELECT
  "playback_id",
  "user_id",
  "Note",
  "_brand",
  "_source_file",
  "_source_row",
  file_row_number + 1000 AS "m7_position"
FROM read_parquet('/data/silver/20240301/Canal Digitaal/Playback.parquet', file_row_number = true)
)
SEMI JOIN m7_duplicate_keys USING ("playback_id")
)
WHERE "m7_rank" > 1;

-- gold: the rows that stay
COPY (
SELECT
  "playback_id",
  "user_id",
  CAST(NULL AS VARCHAR) AS "Note",
  "_brand",
  "_source_file",
  "_source_row"
FROM read_parquet('/data/silver/20240301/Skylink/Playback.parquet', file_row_number = true)
WHERE NOT ("playback_id" IS NULL) AND NOT (get_bit(getvariable('m7_duplicates_1'), CAST(file_row_number AS INTEGER)) = 1)
UNION ALL
SELECT
  "playback_id",
  "user_id",
  "Note",
  "_brand",
  "_source_file",
  "_source_row"
FROM read_parquet('/data/silver/20240301/Canal Digitaal/Playback.parquet', file_row_number = true)
WHERE NOT ("playback_id" IS NULL)
) TO '/data/.state/tmp/gold.parquet' (FORMAT parquet, COMPRESSION zstd);

-- rows left out
SELECT
  CAST("_brand" AS VARCHAR) AS "_brand",
  CAST("_source_file" AS VARCHAR) AS "_source_file",
  CAST("_source_row" AS BIGINT) AS "_source_row",
  CAST(NULL AS BIGINT) AS "line",
  CAST(CASE WHEN "playback_id" IS NULL THEN 'KEY_MISSING' ELSE 'DUPLICATE_REMOVED' END AS VARCHAR) AS "code",
  CAST(CASE WHEN "playback_id" IS NULL THEN list_filter([CASE WHEN "playback_id" IS NULL THEN 'playback_id' END], lambda x: x IS NOT NULL) ELSE ['playback_id'] END AS VARCHAR[]) AS "columns",
  CAST(NULL AS VARCHAR[]) AS "rules",
  CAST(CASE WHEN "playback_id" IS NULL THEN array_to_string(list_filter([CASE WHEN "playback_id" IS NULL THEN 'playback_id' END], lambda x: x IS NOT NULL), ', ') || ': missing in the primary key' ELSE 'another row has the same playback_id; the last one was kept' END AS VARCHAR) AS "reason",
  CAST(CAST(json_object('playback_id', CAST("playback_id" AS VARCHAR), 'user_id', CAST("user_id" AS VARCHAR), 'Note', CAST("Note" AS VARCHAR)) AS VARCHAR) AS VARCHAR) AS "record"
FROM (
SELECT
  "playback_id",
  "user_id",
  CAST(NULL AS VARCHAR) AS "Note",
  "_brand",
  "_source_file",
  "_source_row"
FROM read_parquet('/data/silver/20240301/Skylink/Playback.parquet', file_row_number = true)
WHERE "playback_id" IS NULL OR get_bit(getvariable('m7_duplicates_1'), CAST(file_row_number AS INTEGER)) = 1
)
UNION ALL
SELECT
  CAST("_brand" AS VARCHAR) AS "_brand",
  CAST("_source_file" AS VARCHAR) AS "_source_file",
  CAST("_source_row" AS BIGINT) AS "_source_row",
  CAST(NULL AS BIGINT) AS "line",
  CAST(CASE WHEN "playback_id" IS NULL THEN 'KEY_MISSING' ELSE 'DUPLICATE_REMOVED' END AS VARCHAR) AS "code",
  CAST(CASE WHEN "playback_id" IS NULL THEN list_filter([CASE WHEN "playback_id" IS NULL THEN 'playback_id' END], lambda x: x IS NOT NULL) ELSE ['playback_id'] END AS VARCHAR[]) AS "columns",
  CAST(NULL AS VARCHAR[]) AS "rules",
  CAST(CASE WHEN "playback_id" IS NULL THEN array_to_string(list_filter([CASE WHEN "playback_id" IS NULL THEN 'playback_id' END], lambda x: x IS NOT NULL), ', ') || ': missing in the primary key' ELSE 'another row has the same playback_id; the last one was kept' END AS VARCHAR) AS "reason",
  CAST(CAST(json_object('playback_id', CAST("playback_id" AS VARCHAR), 'user_id', CAST("user_id" AS VARCHAR), 'Note', CAST("Note" AS VARCHAR)) AS VARCHAR) AS VARCHAR) AS "record"
FROM (
SELECT
  "playback_id",
  "user_id",
  "Note",
  "_brand",
  "_source_file",
  "_source_row"
FROM read_parquet('/data/silver/20240301/Canal Digitaal/Playback.parquet', file_row_number = true)
WHERE "playback_id" IS NULL
);
