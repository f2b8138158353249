// Optional members that are left out where they have no value, as the engine does it.
export * from '../engine/model/defined';
