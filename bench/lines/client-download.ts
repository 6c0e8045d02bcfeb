// Large answers read piece by piece: here the copying of bytes counts, and how often it is interrupted.
import { LARGE_BYTES } from '../clients/client-task.ts';
import type { Line } from '../line.ts';
import { compareClients } from './client-load.ts';

const LOAD = { connections: 4, depth: 1, bodyBytes: LARGE_BYTES, warmUpRequests: 20 };

export const clientDownload: Line = {
  name: 'client-download',
  title: `session.request, answers of ${LARGE_BYTES / 1024 ** 2} MiB read in pieces, ${LOAD.connections} in flight`,
  run: (settings) => {
    const contenders = [
      { name: 'perdura', program: 'perdura', task: 'download' },
      { name: 'undici Pool', program: 'undici', task: 'download' },
      { name: 'node:http Agent', program: 'node-http', task: 'download' },
    ];
    return compareClients(settings, 'client-download', 'download', LOAD, contenders, [
      { subject: 'perdura', against: 'undici Pool' },
      { subject: 'perdura', against: 'node:http Agent' },
    ]);
  },
};
