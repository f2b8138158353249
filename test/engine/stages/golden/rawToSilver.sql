-- silver: the typed rows
COPY (
WITH m7_source AS NOT MATERIALIZED (
SELECT
  "PlaybackID" AS "playback_id",
  "Started At" AS "started_at",
  "price" AS "price",
  "DeviceType" AS "device_type",
  "is_live" AS "is_live",
  "duration_s" AS "duration_s",
  "Note" AS "Note",
  'Skylink_Playback.csv' AS "_source_file",
  file_row_number + 1 AS "_source_row"
FROM read_parquet('/data/raw/20240301/Skylink/Playback.parquet', file_row_number = true)
UNION ALL
SELECT
  "PlaybackID" AS "playback_id",
  "Started At" AS "started_at",
  "price" AS "price",
  "DeviceType" AS "device_type",
  "is_live" AS "is_live",
  "duration_s" AS "duration_s",
  CAST(NULL AS VARCHAR) AS "Note",
  'late/Skylink_Playback.csv' AS "_source_file",
  file_row_number + 1 AS "_source_row"
FROM read_parquet('/data/raw/20240301/Skylink/Playback.2.parquet', file_row_number = true)
),
m7_texts AS NOT MATERIALIZED (
SELECT
  CASE WHEN "playback_id" IN ('', 'NULL', '\N') THEN NULL ELSE "playback_id" END AS "playback_id",
  CASE WHEN "started_at" IN ('', 'NULL', '\N') THEN NULL ELSE "started_at" END AS "started_at",
  CASE WHEN "price" IN ('', 'NULL', '\N') THEN NULL ELSE "price" END AS "price",
  "price" AS "m7_text_3",
  CASE WHEN "device_type" IN ('', 'NULL', '\N') THEN NULL ELSE "device_type" END AS "device_type",
  CASE WHEN "is_live" IN ('', 'NULL', '\N') THEN NULL ELSE "is_live" END AS "is_live",
  CASE WHEN "duration_s" IN ('', 'NULL', '\N') THEN NULL ELSE "duration_s" END AS "duration_s",
  "duration_s" AS "m7_text_6",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_source
),
m7_transformed AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "started_at",
  "m7_text_3",
  TRY(struct_pack(v := CAST((upper(trim(device_type))
) AS VARCHAR))) AS "m7_try_4",
  "is_live",
  "m7_text_6",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_texts
),
m7_mapped AS NOT MATERIALIZED (
SELECT
  "playback_id" AS "m7_text_1",
  "started_at" AS "m7_text_2",
  "m7_text_3",
  CASE "m7_try_4".v WHEN 'SETTOP' THEN 'STB' ELSE "m7_try_4".v END AS "m7_text_4",
  "m7_try_4" IS NULL AS "m7_try_4",
  "is_live" AS "m7_text_5",
  "m7_text_6",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_transformed
),
m7_converted AS NOT MATERIALIZED (
SELECT
  "m7_text_1",
  "m7_text_2",
  try_strptime("m7_text_2", ['%Y-%m-%d %H:%M:%S', '%d/%m/%Y %H:%M']) AS "m7_read_2_1",
  "m7_text_3",
  CASE WHEN regexp_full_match("m7_text_3", '\s*[+-]?(?:[0-9]+(?:,[0-9]{0,2}0*)?|,[0-9]{1,2}0*)\s*') THEN TRY_CAST(replace("m7_text_3", ',', '.') AS DECIMAL(10,2)) END AS "m7_read_3_1",
  "m7_text_4",
  "m7_try_4",
  "m7_text_5",
  CASE WHEN lower(trim("m7_text_5")) IN ('y') THEN true WHEN lower(trim("m7_text_5")) IN ('n') THEN false END AS "m7_read_5_1",
  "m7_text_6",
  TRY_CAST("m7_text_6" AS BIGINT) AS "m7_read_6_1",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_mapped
),
m7_typed AS NOT MATERIALIZED (
SELECT
  "m7_text_1" AS "playback_id",
  CASE WHEN "m7_read_2_1" >= TIMESTAMP '1900-01-02' THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" >= TIMESTAMP '1000-01-01' AND ("m7_read_2_1" <> TIMESTAMP '1900-01-01' OR regexp_matches("m7_text_2", '[0-9]')) THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" IS NOT NULL THEN NULL END AS "started_at",
  "m7_read_3_1" AS "price",
  "m7_text_4" AS "device_type",
  coalesce("m7_read_5_1", CAST('false' AS BOOLEAN)) AS "is_live",
  CASE WHEN CAST("m7_read_6_1" AS VARCHAR) = "m7_text_6" THEN "m7_read_6_1" WHEN regexp_full_match("m7_text_6", '\s*[+-]?[0-9]+(?:\.0*)?\s*') THEN "m7_read_6_1" END AS "duration_s",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_converted
),
m7_derived AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "started_at",
  "price",
  "device_type",
  "is_live",
  "duration_s",
  TRY(struct_pack(v := (duration_s / 60.0
))) AS "m7_try_7",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_typed
),
m7_complete AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "started_at",
  "price",
  "device_type",
  "is_live",
  "duration_s",
  TRY_CAST("m7_try_7".v AS DOUBLE) AS "watch_min",
  "Note",
  "_source_file",
  "_source_row"
FROM m7_derived
)
SELECT
  "playback_id",
  "started_at",
  "price",
  "device_type",
  "is_live",
  "duration_s",
  "watch_min",
  "Note",
  'Skylink' AS "_brand",
  "_source_file",
  "_source_row"
FROM m7_complete
WHERE "playback_id" IS NOT NULL AND "started_at" IS NOT NULL
) TO '/data/.state/tmp/silver.parquet' (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd);

-- the rejected rows, by the bits of the rows that silver took
WITH m7_source AS NOT MATERIALIZED (
SELECT
  "PlaybackID" AS "playback_id",
  "Started At" AS "started_at",
  "price" AS "price",
  "DeviceType" AS "device_type",
  "is_live" AS "is_live",
  "duration_s" AS "duration_s",
  "Note" AS "Note",
  'Skylink_Playback.csv' AS "_source_file",
  file_row_number + 1 AS "_source_row",
  file_row_number + 0 AS "m7_position",
  CAST(json_object('PlaybackID', "PlaybackID", 'Started At', "Started At", 'price', "price", 'DeviceType', "DeviceType", 'is_live', "is_live", 'duration_s', "duration_s", 'Note', "Note") AS VARCHAR) AS "m7_record"
FROM read_parquet('/data/raw/20240301/Skylink/Playback.parquet', file_row_number = true)
WHERE get_bit(getvariable('m7_kept_1'), CAST(file_row_number AS INTEGER)) = 0
),
m7_texts AS NOT MATERIALIZED (
SELECT
  CASE WHEN "playback_id" IN ('', 'NULL', '\N') THEN NULL ELSE "playback_id" END AS "playback_id",
  CASE WHEN "started_at" IN ('', 'NULL', '\N') THEN NULL ELSE "started_at" END AS "started_at",
  CASE WHEN "price" IN ('', 'NULL', '\N') THEN NULL ELSE "price" END AS "price",
  "price" AS "m7_text_3",
  CASE WHEN "device_type" IN ('', 'NULL', '\N') THEN NULL ELSE "device_type" END AS "device_type",
  CASE WHEN "is_live" IN ('', 'NULL', '\N') THEN NULL ELSE "is_live" END AS "is_live",
  CASE WHEN "duration_s" IN ('', 'NULL', '\N') THEN NULL ELSE "duration_s" END AS "duration_s",
  "duration_s" AS "m7_text_6",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_source
),
m7_transformed AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "started_at",
  "m7_text_3",
  TRY(struct_pack(v := CAST((upper(trim(device_type))
) AS VARCHAR))) AS "m7_try_4",
  "is_live",
  "m7_text_6",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_texts
),
m7_mapped AS NOT MATERIALIZED (
SELECT
  "playback_id" AS "m7_text_1",
  "started_at" AS "m7_text_2",
  "m7_text_3",
  CASE "m7_try_4".v WHEN 'SETTOP' THEN 'STB' ELSE "m7_try_4".v END AS "m7_text_4",
  "m7_try_4" IS NULL AS "m7_try_4",
  "is_live" AS "m7_text_5",
  "m7_text_6",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_transformed
),
m7_converted AS NOT MATERIALIZED (
SELECT
  "m7_text_1",
  "m7_text_2",
  try_strptime("m7_text_2", ['%Y-%m-%d %H:%M:%S', '%d/%m/%Y %H:%M']) AS "m7_read_2_1",
  "m7_text_3",
  CASE WHEN regexp_full_match("m7_text_3", '\s*[+-]?(?:[0-9]+(?:,[0-9]{0,2}0*)?|,[0-9]{1,2}0*)\s*') THEN TRY_CAST(replace("m7_text_3", ',', '.') AS DECIMAL(10,2)) END AS "m7_read_3_1",
  "m7_text_4",
  "m7_try_4",
  "m7_text_5",
  CASE WHEN lower(trim("m7_text_5")) IN ('y') THEN true WHEN lower(trim("m7_text_5")) IN ('n') THEN false END AS "m7_read_5_1",
  "m7_text_6",
  TRY_CAST("m7_text_6" AS BIGINT) AS "m7_read_6_1",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_mapped
),
m7_typed AS NOT MATERIALIZED (
SELECT
  "m7_text_1" AS "playback_id",
  "m7_text_1" AS "m7_text_1",
  false AS "m7_failed_1",
  CASE WHEN "m7_read_2_1" >= TIMESTAMP '1900-01-02' THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" >= TIMESTAMP '1000-01-01' AND ("m7_read_2_1" <> TIMESTAMP '1900-01-01' OR regexp_matches("m7_text_2", '[0-9]')) THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" IS NOT NULL THEN NULL END AS "started_at",
  "m7_text_2" AS "m7_text_2",
  CASE WHEN "m7_text_2" IS NULL OR (CASE WHEN "m7_read_2_1" >= TIMESTAMP '1900-01-02' THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" >= TIMESTAMP '1000-01-01' AND ("m7_read_2_1" <> TIMESTAMP '1900-01-01' OR regexp_matches("m7_text_2", '[0-9]')) THEN CASE WHEN "m7_read_2_1" >= TIMESTAMP '2024-03-31 03:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-12-31 00:00:00' THEN "m7_read_2_1" - to_seconds(7200) WHEN "m7_read_2_1" >= TIMESTAMP '2023-10-29 02:00:00' AND "m7_read_2_1" < TIMESTAMP '2024-03-31 03:00:00' THEN "m7_read_2_1" - to_seconds(3600) ELSE CASE WHEN (("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Amsterdam' = "m7_read_2_1" THEN ("m7_read_2_1" - ((("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'Europe/Amsterdam' - (("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') - INTERVAL 1 DAY) AT TIME ZONE 'UTC')) ELSE ("m7_read_2_1" AT TIME ZONE 'Europe/Amsterdam') AT TIME ZONE 'UTC' END END WHEN "m7_read_2_1" IS NOT NULL THEN NULL END) IS NOT NULL THEN false ELSE coalesce(NOT regexp_full_match("m7_text_2", '\s*'), false) END AS "m7_failed_2",
  "m7_read_3_1" AS "price",
  "m7_text_3" AS "m7_text_3",
  CASE WHEN "m7_text_3" IS NULL OR ("m7_read_3_1") IS NOT NULL THEN false ELSE coalesce(NOT regexp_full_match(CASE WHEN "m7_text_3" IN ('', 'NULL', '\N') THEN NULL ELSE "m7_text_3" END, '\s*'), false) END AS "m7_failed_3",
  "m7_text_4" AS "device_type",
  "m7_text_4" AS "m7_text_4",
  "m7_try_4" AS "m7_failed_4",
  coalesce("m7_read_5_1", CAST('false' AS BOOLEAN)) AS "is_live",
  "m7_text_5" AS "m7_text_5",
  CASE WHEN "m7_text_5" IS NULL OR ("m7_read_5_1") IS NOT NULL THEN false ELSE coalesce(NOT regexp_full_match("m7_text_5", '\s*'), false) END AS "m7_failed_5",
  CASE WHEN CAST("m7_read_6_1" AS VARCHAR) = "m7_text_6" THEN "m7_read_6_1" WHEN regexp_full_match("m7_text_6", '\s*[+-]?[0-9]+(?:\.0*)?\s*') THEN "m7_read_6_1" END AS "duration_s",
  "m7_text_6" AS "m7_text_6",
  CASE WHEN "m7_text_6" IS NULL OR (CASE WHEN CAST("m7_read_6_1" AS VARCHAR) = "m7_text_6" THEN "m7_read_6_1" WHEN regexp_full_match("m7_text_6", '\s*[+-]?[0-9]+(?:\.0*)?\s*') THEN "m7_read_6_1" END) IS NOT NULL THEN false ELSE coalesce(NOT regexp_full_match(CASE WHEN "m7_text_6" IN ('', 'NULL', '\N') THEN NULL ELSE "m7_text_6" END, '\s*'), false) END AS "m7_failed_6",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_converted
),
m7_derived AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "m7_text_1",
  "m7_failed_1",
  "started_at",
  "m7_text_2",
  "m7_failed_2",
  "price",
  "m7_text_3",
  "m7_failed_3",
  "device_type",
  "m7_text_4",
  "m7_failed_4",
  "is_live",
  "m7_text_5",
  "m7_failed_5",
  "duration_s",
  "m7_text_6",
  "m7_failed_6",
  TRY(struct_pack(v := (duration_s / 60.0
))) AS "m7_try_7",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_typed
),
m7_complete AS NOT MATERIALIZED (
SELECT
  "playback_id",
  "m7_text_1",
  "m7_failed_1",
  "started_at",
  "m7_text_2",
  "m7_failed_2",
  "price",
  "m7_text_3",
  "m7_failed_3",
  "device_type",
  "m7_text_4",
  "m7_failed_4",
  "is_live",
  "m7_text_5",
  "m7_failed_5",
  "duration_s",
  "m7_text_6",
  "m7_failed_6",
  TRY_CAST("m7_try_7".v AS DOUBLE) AS "watch_min",
  CAST("m7_try_7".v AS VARCHAR) AS "m7_text_7",
  "m7_try_7" IS NULL OR ("m7_try_7".v IS NOT NULL AND TRY_CAST("m7_try_7".v AS DOUBLE) IS NULL) AS "m7_failed_7",
  "Note",
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record"
FROM m7_derived
)
SELECT
  "_source_file",
  "_source_row",
  "m7_position",
  "m7_record",
  "m7_text_1",
  "m7_failed_1",
  "playback_id",
  "m7_text_2",
  "m7_failed_2",
  "started_at",
  "m7_text_3",
  "m7_failed_3",
  "m7_text_4",
  "m7_failed_4",
  "m7_text_5",
  "m7_failed_5",
  "m7_text_6",
  "m7_failed_6",
  "m7_text_7",
  "m7_failed_7"
FROM m7_complete;

-- their problems
SELECT
  CAST('Skylink' AS VARCHAR) AS "_brand",
  CAST("_source_file" AS VARCHAR) AS "_source_file",
  CAST("_source_row" AS BIGINT) AS "_source_row",
  CAST(NULL AS BIGINT) AS "line",
  CAST(CASE WHEN "playback_id" IS NULL THEN 'REQUIRED_MISSING' WHEN "m7_failed_2" THEN 'CONVERSION_FAILED' WHEN "started_at" IS NULL AND NOT "m7_failed_2" THEN 'REQUIRED_MISSING' WHEN "m7_failed_3" THEN 'CONVERSION_FAILED' WHEN "m7_failed_4" THEN 'CONVERSION_FAILED' WHEN "m7_failed_5" THEN 'CONVERSION_FAILED' WHEN "m7_failed_6" THEN 'CONVERSION_FAILED' WHEN "m7_failed_7" THEN 'CONVERSION_FAILED' END AS VARCHAR) AS "code",
  CAST(list_filter([CASE WHEN ("playback_id" IS NULL) THEN 'playback_id' END, CASE WHEN ("m7_failed_2") OR ("started_at" IS NULL AND NOT "m7_failed_2") THEN 'started_at' END, CASE WHEN ("m7_failed_3") THEN 'price' END, CASE WHEN ("m7_failed_4") THEN 'device_type' END, CASE WHEN ("m7_failed_5") THEN 'is_live' END, CASE WHEN ("m7_failed_6") THEN 'duration_s' END, CASE WHEN ("m7_failed_7") THEN 'watch_min' END], lambda x: x IS NOT NULL) AS VARCHAR[]) AS "columns",
  CAST(NULL AS VARCHAR[]) AS "rules",
  CAST(concat_ws('; ', CASE WHEN "playback_id" IS NULL THEN 'playback_id: the value is required and missing' END, CASE WHEN "m7_failed_2" THEN coalesce('started_at: ' || '"' || CASE WHEN length("m7_text_2") > 100 THEN left("m7_text_2", 100) || '…' ELSE "m7_text_2" END || '"' || ' is not a TIMESTAMP (formats %Y-%m-%d %H:%M:%S, %d/%m/%Y %H:%M)', 'started_at: its "transform" ends in an error for this row') END, CASE WHEN "started_at" IS NULL AND NOT "m7_failed_2" THEN 'started_at: the value is required and missing' END, CASE WHEN "m7_failed_3" THEN coalesce('price: ' || '"' || CASE WHEN length("m7_text_3") > 100 THEN left("m7_text_3", 100) || '…' ELSE "m7_text_3" END || '"' || ' is not a DECIMAL(10,2) (decimal mark ",")', 'price: its "transform" ends in an error for this row') END, CASE WHEN "m7_failed_4" THEN coalesce('device_type: ' || '"' || CASE WHEN length("m7_text_4") > 100 THEN left("m7_text_4", 100) || '…' ELSE "m7_text_4" END || '"' || ' is not text', 'device_type: its "transform" ends in an error for this row') END, CASE WHEN "m7_failed_5" THEN coalesce('is_live: ' || '"' || CASE WHEN length("m7_text_5") > 100 THEN left("m7_text_5", 100) || '…' ELSE "m7_text_5" END || '"' || ' is not a BOOLEAN (Y, N)', 'is_live: its "transform" ends in an error for this row') END, CASE WHEN "m7_failed_6" THEN coalesce('duration_s: ' || '"' || CASE WHEN length("m7_text_6") > 100 THEN left("m7_text_6", 100) || '…' ELSE "m7_text_6" END || '"' || ' is not a BIGINT', 'duration_s: its "transform" ends in an error for this row') END, CASE WHEN "m7_failed_7" THEN coalesce('watch_min: ' || '"' || CASE WHEN length("m7_text_7") > 100 THEN left("m7_text_7", 100) || '…' ELSE "m7_text_7" END || '"' || ' is not a DOUBLE', 'watch_min: its "derived" ends in an error for this row') END) AS VARCHAR) AS "reason",
  CAST("m7_record" AS VARCHAR) AS "record"
FROM m7_rejected_rows;

-- failed values among them
SELECT
  count(*) FILTER ("m7_failed_2"),
  count(*) FILTER ("m7_failed_2" OR trim("m7_text_2") <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_2", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_2")),
  count(*) FILTER ("m7_failed_3"),
  count(*) FILTER ("m7_failed_3" OR trim(CASE WHEN "m7_text_3" IN ('', 'NULL', '\N') THEN NULL ELSE "m7_text_3" END) <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_3", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_3")),
  count(*) FILTER ("m7_failed_4"),
  count(*) FILTER ("m7_failed_4" OR trim("m7_text_4") <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_4", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_4")),
  count(*) FILTER ("m7_failed_5"),
  count(*) FILTER ("m7_failed_5" OR trim("m7_text_5") <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_5", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_5")),
  count(*) FILTER ("m7_failed_6"),
  count(*) FILTER ("m7_failed_6" OR trim(CASE WHEN "m7_text_6" IN ('', 'NULL', '\N') THEN NULL ELSE "m7_text_6" END) <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_6", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_6")),
  count(*) FILTER ("m7_failed_7"),
  count(*) FILTER ("m7_failed_7" OR trim("m7_text_7") <> ''),
  to_json(arg_min(struct_pack("position" := "m7_position", "text" := left("m7_text_7", 200), "file" := "_source_file", "row" := "_source_row"), "m7_position", 5) FILTER ("m7_failed_7"))
FROM m7_rejected_rows;
