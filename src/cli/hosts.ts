// The variable by which a host is accepted: the engine reads it, and the option sets it before the engine is loaded.

export const ACCEPT_HOST = 'M7_ACCEPT_HOST';
