// Members of objects that may not be there, as the engine reads them.
export * from '../engine/model/defined';
