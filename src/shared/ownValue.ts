// Objects as maps of names that others choose, as the engine reads them.
export * from '../engine/model/ownValue';
