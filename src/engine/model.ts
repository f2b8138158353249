// The vocabulary of the engine as types: plain, readonly data that crosses its inner borders and the wire.
export * from './model/names';
export * from './model/events';
export type * from './model/settings';
export type * from './model/config';
export type * from './model/steps';
export type * from './model/report';
