// The words that the scripts put into a page, in both languages. Text of the pages themselves is in the pages.

const TENTHS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

const MESSAGES = {
  en: {
    milliseconds: (ms) => `${ms.toLocaleString('en')} ms`,
    tenths: (ms) => ms.toLocaleString('en', TENTHS),
    laneResult: (ms, connections) =>
      `${ms.toLocaleString('en')} ms, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    laneRunning: 'running…',
    labSummary: (fastest, slowest, factor) =>
      `Fastest: ${fastest}. It needs ${factor} times less time than “${slowest}”.`,
    play: 'Play',
    stop: 'Show the end',
    verdicts: {
      reused: 'reused',
      opened: 'new connection',
      stored: 'from cache',
      unknown: 'not shown',
    },
    page: 'this page',
    noTime: '–',
    reuseSummary: (reused, opened, stored) =>
      `${reused} over a connection that was already open, ${opened} over a new one, ${stored} from the cache.`,
    measuring: 'Fetching…',
    failed: 'The server did not answer. Is it still running?',
  },
  es: {
    milliseconds: (ms) => `${ms.toLocaleString('es')} ms`,
    tenths: (ms) => ms.toLocaleString('es', TENTHS),
    laneResult: (ms, connections) =>
      `${ms.toLocaleString('es')} ms, ${connections} ${connections === 1 ? 'conexión' : 'conexiones'}`,
    laneRunning: 'en marcha…',
    labSummary: (fastest, slowest, factor) => `La más rápida: ${fastest}. Tarda ${factor} veces menos que «${slowest}».`,
    play: 'Reproducir',
    stop: 'Ver el final',
    verdicts: {
      reused: 'reutilizada',
      opened: 'conexión nueva',
      stored: 'de la caché',
      unknown: 'no visible',
    },
    page: 'esta página',
    noTime: '–',
    reuseSummary: (reused, opened, stored) =>
      `${reused} por una conexión que ya estaba abierta, ${opened} por una nueva, ${stored} de la caché.`,
    measuring: 'Descargando…',
    failed: 'El servidor no responde. ¿Sigue en marcha?',
  },
};

/** The messages in the language of the document. */
export const messages = MESSAGES[document.documentElement.lang] ?? MESSAGES.en;
