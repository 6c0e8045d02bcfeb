// The client of Node.js with an Agent that keeps connections.
import { Agent, request } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { JSON_BODY, runClient } from './client-task.ts';
import type { ClientPlan, ClientTask } from './client-task.ts';

const JSON_FIELDS = { 'content-type': 'application/json', 'content-length': JSON_BODY.length };

function ask(options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(options, resolve).on('error', reject).end(body);
  });
}

function readText(response: IncomingMessage): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => (text += piece));
    response.on('end', () => resolve(text.length));
    response.on('error', reject);
  });
}

function askForText({ url }: ClientPlan, agent: Agent | false, path: string, body?: string): ClientTask {
  const { hostname, port } = new URL(url);
  const post = body === undefined ? {} : { method: 'POST', headers: JSON_FIELDS };
  const options = { hostname, port, path, agent, ...post };
  return async () => readText(await ask(options, body));
}

function keepAlive({ connections }: ClientPlan): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

runClient({
  request: (plan) => askForText(plan, keepAlive(plan), '/'),
  post: (plan) => askForText(plan, keepAlive(plan), '/', JSON_BODY),
  once: (plan) => askForText(plan, false, '/once'),
  download: (plan) => {
    const { hostname, port } = new URL(plan.url);
    const options = { hostname, port, path: '/large', agent: keepAlive(plan) };
    return async () => {
      let bytes = 0;
      for await (const piece of await ask(options, undefined)) bytes += (piece as Buffer).length;
      return bytes;
    };
  },
});
