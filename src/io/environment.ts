// The environment of the process, for options that ask for it by saying 'env'. Below the command line, nobody else looks at it.

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** As it is now. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
