// What the library advises on TLS, in the words of commands: its messages name options of node:tls, of which they take a few.

/** What the library calls it, and what to type. Where there is nothing to type, what is left to say. */
export const TLS_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\btls\.ca\b/g, '--cacert FILE'],
  [/check tls\.minVersion and tls\.maxVersion, or update the server/g, 'the server has to be updated'],
  [/, or set tls\.servername to (?:the name it has|it)/g, ''],
  [/ \(tls\.ciphers\)/g, ''],
  [
    /it wants a client certificate \(tls\.cert and tls\.key\)/g,
    'it wants a client certificate, which this command cannot give',
  ],
  [/it wants another one in tls\.cert and tls\.key/g, 'it wants a client certificate, which this command cannot give'],
  [/; check tls\.ALPNProtocols/g, ''],
];

/** Behind what is wrong with a certificate. */
export const INSECURE_ADVICE = '; --insecure goes on without knowing who answers';
