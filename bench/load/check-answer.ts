// Whether a server answers what is being compared; who answers something else would win unfairly.
import { request } from 'node:http';

/** Throws unless a GET of `path` is answered 200 with a body of `bodyBytes` that was announced as such: chunks cost more. */
export async function checkAnswer(port: number, path: string, bodyBytes: number): Promise<void> {
  const [status, received, announced] = await new Promise<readonly unknown[]>((resolve, reject) => {
    const outgoing = request({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let count = 0;
      response.on('data', (bytes: Buffer) => (count += bytes.length));
      response.on('end', () => resolve([response.statusCode, count, response.headers['content-length']]));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
  if (status === 200 && received === bodyBytes && announced === String(bodyBytes)) return;
  throw new Error(
    `a contender answered ${String(status)} with ${String(received)} bytes (announced: ${String(announced)}) instead of 200 with ${bodyBytes}`,
  );
}
