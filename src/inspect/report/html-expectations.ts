// What became of expectations in the HTML report: what was expected, whether it is so, and what was found.
import type { ExpectationResult } from '../evaluate-expectation.ts';
import { formatLevelIcon } from './html-level.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** See the head of the file. */
export function formatExpectations(expectations: readonly ExpectationResult[]): Markup {
  const rows = expectations.map(
    ({ expectation, met, sentence }) =>
      markup`<tr><th scope="row"><code>${expectation}</code></th><td class="value">${formatLevelIcon(met ? 'good' : 'bad')} ${met ? 'met' : 'not met'}</td><td>${sentence}</td></tr>
`,
  );
  return markup`<table class="advice expectations"><thead><tr><th scope="col">Expectation</th><th scope="col">Result</th><th scope="col">Found</th></tr></thead>
<tbody>${rows}</tbody></table>
`;
}
