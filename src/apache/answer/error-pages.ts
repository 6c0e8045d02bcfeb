// The pages that Apache has built in for what is not a success. Their words are part of what clients see, so they are Apache's to the byte.
import { escapeHtml } from '../content/escape-html.ts';
import { statusText } from './status-lines.ts';

/** Where nobody says ServerAdmin. */
export const NO_ADMIN = '[no address given]';

/** What the pages speak of. */
export interface ErrorPageFacts {
  readonly status: number;
  readonly method: string;
  /** Of the Location field; empty without one. */
  readonly location: string;
  /** ServerAdmin. */
  readonly admin: string | undefined;
  /** What the request did wrong, where that is known (Apache's error-notes): HTML. */
  readonly notes: string;
  /** The Expect field. */
  readonly expectation: string | undefined;
  /** What went wrong while an ErrorDocument was looked for; undefined: nothing. */
  readonly additionalStatus: number | undefined;
  /** Of ServerSignature; empty where it is off. */
  readonly signature: string;
}

const DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n';

/** The whole page. */
export function formatErrorPage(facts: ErrorPageFacts): string {
  const title = statusText(facts.status);
  const additional =
    facts.additionalStatus === undefined
      ? ''
      : `<p>Additionally, a ${statusText(facts.additionalStatus)}\nerror was encountered while trying to use an ErrorDocument to handle the request.</p>\n`;
  return (
    `${DOCTYPE}<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n` +
    `${explain(facts)}${additional}${facts.signature}</body></html>\n`
  );
}

const UNAUTHORISED =
  '<p>This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\n' +
  "credentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.</p>\n";

/** Pages whose words depend on nothing. */
const FIXED: Readonly<Record<number, string>> = {
  300: '',
  401: UNAUTHORISED,
  407: UNAUTHORISED,
  305: '<p>This resource is only accessible through the proxy\n<br />\nYou will need to configure your client to use that proxy.</p>\n',
  404: '<p>The requested URL was not found on this server.</p>\n',
  406: '<p>An appropriate representation of the requested resource could not be found on this server.</p>\n',
  408: '<p>Server timeout waiting for the HTTP request from the client.</p>\n',
  410: '<p>The requested resource is no longer available on this server and there is no forwarding address.\nPlease remove all references to this resource.</p>\n',
  412: '<p>The precondition on the request for this URL evaluated to false.</p>\n',
  415: '<p>The supplied request data is not in a format\nacceptable for processing by this resource.</p>\n',
  416: '<p>None of the range-specifier values in the Range\nrequest-header field overlap the current extent\nof the selected resource.</p>\n',
  421: '<p>The client needs a new connection for this\nrequest as the requested host name does not match\nthe Server Name Indication (SNI) in use for this\nconnection.</p>\n',
  422: '<p>The server understands the media type of the\nrequest entity, but was unable to process the\ncontained instructions.</p>\n',
  423: '<p>The requested resource is currently locked.\nThe lock must be released or proper identification\ngiven before the method can be applied.</p>\n',
  424: '<p>The method could not be performed on the resource\nbecause the requested action depended on another\naction and that other action failed.</p>\n',
  426: "<p>The requested resource can only be retrieved\nusing SSL.  The server is willing to upgrade the current\nconnection to SSL, but your client doesn't support it.\nEither upgrade your client, or try requesting the page\nusing https://\n",
  428: '<p>The request is required to be conditional.</p>\n',
  429: '<p>The user has sent too many requests\nin a given amount of time.</p>\n',
  431: '<p>The server refused this request because\nthe request header fields are too large.</p>\n',
  503: '<p>The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.</p>\n',
  504: '<p>The gateway did not receive a timely response\nfrom the upstream server or application.</p>\n',
  507: '<p>The method could not be performed on the resource\nbecause the server is unable to store the\nrepresentation needed to successfully complete the\nrequest.  There is insufficient free space left in\nyour storage allocation.</p>\n',
  508: '<p>The server terminated an operation because\nit encountered an infinite loop.</p>\n',
  510: '<p>A mandatory extension policy in the request is not\naccepted by the server for this resource.</p>\n',
  511: '<p>The client needs to authenticate to gain\nnetwork access.</p>\n',
};

function explain(facts: ErrorPageFacts): string {
  const { status, notes } = facts;
  const method = escapeHtml(facts.method);
  const location = escapeHtml(facts.location);
  switch (status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return `<p>The document has moved <a href="${location}">here</a>.</p>\n`;
    case 303:
      return `<p>The answer to your request is located <a href="${location}">here</a>.</p>\n`;
    case 400:
      return `<p>Your browser sent a request that this server could not understand.<br />\n${notes}</p>\n`;
    case 403:
      return `<p>You don't have permission to access this resource.${notes}</p>\n`;
    case 405:
      return `<p>The requested method ${method} is not allowed for this URL.</p>\n`;
    case 411:
      return `<p>A request of the requested method ${method} requires a valid Content-length.<br />\n${notes}</p>\n`;
    case 413:
      return (
        `The requested resource does not allow request data with ${method} requests, or the amount of data provided in\n` +
        'the request exceeds the capacity limit.\n'
      );
    case 414:
      return `<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n${notes}</p>\n`;
    case 417:
      return explainExpectation(facts.expectation);
    case 451:
      return `<p>Access to this URL has been denied for legal reasons.<br />\n${notes}</p>\n`;
    case 501:
      return `<p>${method} not supported for current URL.<br />\n${notes}</p>\n`;
    case 502:
      // The line ends of this one are those of Windows.
      return `<p>The proxy server received an invalid\r\nresponse from an upstream server.<br />\r\n${notes}</p>\n`;
    case 506:
      return '<p>A variant for the requested resource\n<pre>\n\n</pre>\nis itself a negotiable resource. This indicates a configuration error.</p>\n';
    default:
      return FIXED[status] ?? explainFailure(facts);
  }
}

function explainExpectation(expectation: string | undefined): string {
  const end = '</p><p>Only the 100-continue expectation is supported.</p>\n';
  if (expectation === undefined) {
    return `<p>No expectation was seen, the Expect request-header \nfield was not presented by the client.\n${end}`;
  }
  return `<p>The expectation given in the Expect request-header\nfield could not be met by this server.\nThe client sent<pre>\n    Expect: ${escapeHtml(expectation)}\n</pre>\n${end}`;
}

/** What cannot be explained: 500, and whatever has no page of its own. Its notes stand alone where there are some. */
function explainFailure(facts: ErrorPageFacts): string {
  const { notes } = facts;
  if (notes !== '')
    return `<p>The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.<br />\n${notes}</p>\n`;
  return (
    '<p>The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>\n' +
    `<p>Please contact the server administrator at \n ${escapeHtml(facts.admin ?? NO_ADMIN)} to inform them of the time this error occurred,\n` +
    ' and the actions you performed just before this error.</p>\n' +
    '<p>More information about this error may be available\nin the server error log.</p>\n'
  );
}
