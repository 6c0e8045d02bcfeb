// How bad it is: the words of LogLevel, the worst first.

export const ERROR_LOG_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'] as const;

export type ErrorLogLevel = (typeof ERROR_LOG_LEVELS)[number];
