// A configuration that is refused, as `apache2 -t` tells it: without the name of the program and the time.
import type { ConfigurationRefused } from '../syntax/configuration-error.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': String.raw`\b`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': '\\\\',
};

/** As everything in Apache's error log: one line, printable. */
export function escapeForLog(message: string): string {
  return message.replaceAll(
    /[^ -[\]-~]/g,
    (character) => ESCAPES[character] ?? String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** One line, or two for directives. */
export function formatRefusal({ message, place, form }: ConfigurationRefused): string {
  if (place === undefined) return escapeForLog(message);
  const head = `Syntax error on line ${place.line} of ${escapeForLog(place.file)}:`;
  return form === 'directive' ? `AH00526: ${head}\n${escapeForLog(message)}` : `${head} ${escapeForLog(message)}`;
}
