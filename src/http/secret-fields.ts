// Which fields carry secrets, and what of them may be shown to whoever looks over one's shoulder or reads a log.

/** Fields whose values are secrets, whatever they are. */
const SECRET = /^(?:authorization|proxy-authorization|cookie|set-cookie)$|token|secret|password|api-?key|session-?id/i;

/** The value of a field as it may be shown. Names of cookies and schemes of credentials are no secrets. */
export function redactField(name: string, value: string): string {
  if (!SECRET.test(name)) return value;
  const fieldName = name.toLowerCase();
  if (fieldName === 'set-cookie') return value.replace(/^([^=;]*=)?[^;]*/, '$1…');
  if (fieldName === 'cookie') return value.replaceAll(/(=)[^;]*/g, '$1…').replace(/^[^=]*$/, '…');
  const [scheme = '', ...rest] = value.split(' ');
  return fieldName.endsWith('authorization') && rest.length > 0 ? `${scheme} …` : '…';
}
