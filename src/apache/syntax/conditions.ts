// <IfModule>, <IfDefine>, <IfFile>, <IfDirective>, <IfSection>: decided while a file is read, by what was read so far.
import { belowServerRoot } from '../config/server-root-path.ts';
import { ConfigurationError } from './configuration-error.ts';
import { cutArguments } from './directive-arguments.ts';
import type { ReadingEnvironment } from './reading-environment.ts';
import { evaluateVersionCondition } from './version-condition.ts';
import { takeWord } from './words.ts';

type Question = (subject: string, environment: ReadingEnvironment) => boolean;

const QUESTIONS: Readonly<Record<string, Question>> = {
  IfModule: (name, environment) => environment.process.modules.has(name),
  IfDefine: (name, environment) => environment.process.defines.has(name),
  IfFile: (name, environment) => {
    const found = environment.files.stat(belowServerRoot(name, environment.process.serverRoot));
    return found !== undefined && found !== 'denied';
  },
  IfDirective: (name, environment) => environment.hasDirective(name),
  IfSection: (name, environment) => environment.hasDirective(`<${name}`),
};

/** The text of a section up to its last `>`. Whatever stands behind is ignored, as in Apache. */
function cutClosingBracket(section: string, text: string): string {
  const end = text.lastIndexOf('>');
  if (end === -1) throw new ConfigurationError(`<${section}> directive missing closing '>'`);
  return text.slice(0, end);
}

function ask(section: string, question: Question, text: string, environment: ReadingEnvironment): boolean {
  const inner = cutClosingBracket(section, text);
  const isNegated = inner.startsWith('!');
  const { word } = takeWord(isNegated ? inner.slice(1) : inner);
  if (word === '') throw new ConfigurationError(`<${section}> directive requires additional arguments`);
  return question(word, environment) !== isNegated;
}

/** A condition by the name of its section. */
export type Condition = (text: string, environment: ReadingEnvironment) => boolean;

function evaluateVersion(text: string): boolean {
  const usage = 'a comparison operator, a version (and a delimiter)';
  const [call] = cutArguments('oneToThree', '<IfVersion', text, usage);
  return evaluateVersionCondition(call?.words ?? []);
}

/** By their names with the bracket, in lower case. */
export const CONDITIONS: ReadonlyMap<string, Condition> = new Map([
  ...Object.entries(QUESTIONS).map(([section, question]): [string, Condition] => [
    `<${section.toLowerCase()}`,
    (text, environment) => ask(section, question, text, environment),
  ]),
  ['<ifversion', evaluateVersion],
]);
