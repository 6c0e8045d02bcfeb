// What is configured somewhere, module by module.

/** The parts of all modules, by their index. A part that nobody configured is undefined. */
export type ConfigVector = unknown[];
