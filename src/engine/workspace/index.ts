// .env to Settings, three JSON files to Config, and a folder opened as a workspace.
export { readBrands } from './config/brands';
export { brandOfName, keepBrands } from './config/formerBrands';
export {
  type JsonDocument,
  firstTooDeep,
  memberMap,
  members,
  parseDocument,
  stringOf,
  textsOf,
} from './config/jsonDocument';
export { CONFIG_FILES, type ConfigFile, checkConfig, loadConfig } from './config';
export { keepShapes } from './config/knownShapes';
export { lineStarts, placesIn } from './config/textLines';
export { type PlacedRule, readRules } from './config/rules';
export { brandConfigsSchema, schemaFiles, tableSchemasSchema, validationRulesSchema } from './config/schemas';
export type { JsonSchema } from './config/configShape';
export { configSha, goldConfigSha, rawConfigSha, rulesConfigSha, silverConfigSha } from './config/shas';
export { readTables } from './config/tables';
export { acceptHost, hostChanges, requireBoundHost } from './boundHosts';
export { environmentTemplate, initWorkspace, requireFresh, writeEnvironment } from './init';
export { type OpenWorkspace, type WorkspaceOptions, openData, openWorkspace } from './open';
export { isReservedColumn } from './config/configNames';
export { pemsOf } from './keyText';
export { learnSecrets, redactError, redaction } from './redaction';
export { requireSafeSql } from './safeSql';
export { parseAddresses, senderOf } from './settings/addresses';
export { SETTINGS, type SettingName, findSetting, settingOf } from './settings/settingsCatalogue';
export { checkSettings, dotenvOrigins, loadSettings } from './settings';
export { type DotenvChange, type DotenvChanges, writeDotenv } from './settings/writeDotenv';
