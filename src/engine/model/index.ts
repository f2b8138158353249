// The vocabulary of the engine as types: plain, readonly data that crosses its inner borders and the wire.
export * from './names';
export * from './dates';
export * from './events';
export type * from './settings';
export { brandsThere } from './brandsThere';
export type * from './config';
export type * from './fileFormat';
export type * from './steps';
export * from './report';
export type * from './checkResult';
export * from './drift';
export * from './runResult';
export * from './errors';
export * from './defined';
export * from './findTable';
export * from './formatHint';
