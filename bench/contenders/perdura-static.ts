// perdura with its handler for static files. Argument: the folder.
import { serve } from '#src/server/index.js';
import { staticFiles } from '#src/server/static/index.js';
import { answerParent } from '../process/answer-parent.ts';

const server = await serve({ port: 0, handler: staticFiles(process.argv[2]!) });
answerParent(server.port);
