// Days of the calendar as the engine reckons with them.
export * from '../engine/model/dates';
