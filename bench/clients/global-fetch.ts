// The global `fetch` of Node.js.
import { runClient } from './client-task.ts';

runClient({
  fetch: ({ url }) => {
    const target = `${url}/`;
    return async () => (await (await fetch(target)).text()).length;
  },
});
