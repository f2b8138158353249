// What was meant by a mistyped name, as the engine judges it: without loading the engine.
export { nearest } from '../engine/base/nearest';
