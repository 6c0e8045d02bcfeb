// Hono on its adapter for Node.js, as its documentation begins.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { answerParent } from '../process/answer-parent.ts';

const app = new Hono();
app.get('/', (context) => context.text('ok\n'));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => answerParent(port));
