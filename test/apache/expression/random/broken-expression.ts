// Makes an expression wrong somewhere, or at least odd: what a reader of expressions says to that is compared, too.
import type { SeededRandom } from '../../../wire/seeded-random.ts';

const ODD: readonly string[] =
  `' " ( ) { } , . : %{ } $1 $ % \\ / m# -x -foo =~ == ! && || and or not in true 5 é %{no} no( %{no:x} file('/x') -U -F -A {'a'} ${'('.repeat(5)} # m`.split(
    ' ',
  );

export function breakExpression(text: string, random: SeededRandom): string {
  const from = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, from);
    case 1:
      return text.slice(0, from) + text.slice(from + 1 + random.below(3));
    case 2:
      return `${text.slice(0, from)}${random.pick(ODD)}${text.slice(from)}`;
    default:
      return `${text.slice(0, from)} ${random.pick(ODD)} ${text.slice(from)}`;
  }
}
